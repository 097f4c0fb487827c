-- cancel_unheld: end jobs that nobody holds and nobody can claim any more.
-- params: ids, fences
UPDATE job j SET state = 3, fence = j.fence + 1, due_at = NULL, expires_at = NULL, finished_at = clock_timestamp(),
       cancel_requested = false, failure_reason = 'cancelled', failure_message = 'cancelled before it started'
  FROM unnest(?::uuid[], ?::int4[]) AS i (id, fence)
 WHERE j.id = i.id AND j.fence = i.fence AND j.state = 0
RETURNING j.id
