-- request_cancel: note that jobs are to be cancelled.
-- params: ids
UPDATE job j SET cancel_requested = true FROM unnest(?::uuid[]) AS i (id) WHERE j.id = i.id AND j.state = 0
RETURNING j.id, j.queue, j.fence, j.priority, (extract(epoch FROM j.due_at) * 1000)::int8 AS due_ms
