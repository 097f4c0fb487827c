-- edit_waiting: change an unfinished job that nobody holds, under the fence that was read, which is raised.
-- params: payload, priority, start in unix ms (each null to leave it), id, fence
UPDATE job
   SET payload = coalesce(?, payload), priority = coalesce(?, priority), fence = fence + 1,
       due_at = coalesce(to_timestamp(?::int8 / 1000.0), due_at, clock_timestamp())
 WHERE id = ? AND fence = ? AND state = 0 AND NOT cancel_requested
RETURNING id, queue, fence, priority, (extract(epoch FROM due_at) * 1000)::int8 AS due_ms, due_at > clock_timestamp() AS ahead
