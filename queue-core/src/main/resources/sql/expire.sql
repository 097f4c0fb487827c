-- expire: end jobs whose start deadline has passed, each only under its fence. A job that a handler has begun has none any
-- more. Rows that somebody else is writing are left to the next pass: waiting for them could deadlock.
-- params: ids, fences
WITH late AS (
  SELECT j.id, j.fence FROM unnest(?::uuid[], ?::int4[]) AS i (id, fence) JOIN job j ON j.id = i.id AND j.fence = i.fence
   WHERE j.state = 0 AND j.expires_at <= clock_timestamp() FOR UPDATE OF j SKIP LOCKED
)
UPDATE job j SET state = 3, fence = j.fence + 1, due_at = NULL, expires_at = NULL, finished_at = clock_timestamp(),
       cancel_requested = false, failure_reason = 'expired', failure_message = 'no handler had begun by its start deadline'
  FROM late l WHERE j.id = l.id AND j.fence = l.fence AND j.state = 0
RETURNING j.id
