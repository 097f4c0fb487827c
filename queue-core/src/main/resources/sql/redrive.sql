-- redrive: make dead and cancelled jobs runnable with their budgets renewed.
-- params: ids
UPDATE job j SET state = 0, fence = fence + 1, attempt = 0, crashes = 0, cancel_requested = false, dead_at = NULL,
       finished_at = NULL, due_at = clock_timestamp(), failure_reason = NULL, failure_message = NULL
  FROM unnest(?::uuid[]) AS i (id)
 WHERE j.id = i.id AND j.state IN (2, 3)
RETURNING j.id, j.queue, j.fence, j.priority, (extract(epoch FROM j.due_at) * 1000)::int8 AS due_ms
