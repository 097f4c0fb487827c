-- request_cancel: note that a job is to be cancelled.
-- params: id
UPDATE job SET cancel_requested = true WHERE id = ? AND state = 0
RETURNING id, queue, fence, priority, (extract(epoch FROM due_at) * 1000)::int8 AS due_ms
