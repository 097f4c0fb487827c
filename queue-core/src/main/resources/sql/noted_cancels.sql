-- noted_cancels: unfinished jobs that are to be cancelled.
-- params: rows at most
SELECT id, queue, fence, priority, (extract(epoch FROM due_at) * 1000)::int8 AS due_ms FROM job
 WHERE cancel_requested AND state = 0 ORDER BY id LIMIT ?
