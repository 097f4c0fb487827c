-- redrive: make a dead or cancelled job runnable with its budgets renewed.
-- params: id
UPDATE job SET state = 0, fence = fence + 1, attempt = 0, crashes = 0, cancel_requested = false, dead_at = NULL,
       finished_at = NULL, due_at = clock_timestamp(), failure_reason = NULL, failure_message = NULL
 WHERE id = ? AND state IN (2, 3)
RETURNING id, queue, fence, priority, (extract(epoch FROM due_at) * 1000)::int8 AS due_ms
