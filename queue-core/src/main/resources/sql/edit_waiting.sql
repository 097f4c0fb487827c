-- edit_waiting: change an unfinished job that nobody holds, under the fence that was read, which is raised, and let an
-- idempotency key stand for the change where there is one.
-- params: payload, priority, start in unix ms (each null to leave it), id, fence,
--         owner, key, fingerprint (each null without a key), end of the key (ms)
WITH edited AS (
  UPDATE job
     SET payload = coalesce(?, payload), priority = coalesce(?, priority), fence = fence + 1,
         due_at = coalesce(to_timestamp(?::int8 / 1000.0), due_at, clock_timestamp())
   WHERE id = ? AND fence = ? AND state = 0 AND NOT cancel_requested
  RETURNING id, queue, fence, priority, due_at
), keyed AS (
  INSERT INTO idempotency_key AS k (owner, key, job_id, fingerprint, run_at, expires_at, replaced)
  SELECT n.owner, n.key, e.id, n.fingerprint, e.due_at, to_timestamp(n.ends_ms / 1000.0), true
    FROM edited e, (SELECT ?::text, ?::text, ?::bytea, ?::int8) AS n (owner, key, fingerprint, ends_ms)
   WHERE n.key IS NOT NULL
  ON CONFLICT (owner, key) DO UPDATE
    SET job_id = excluded.job_id, fingerprint = excluded.fingerprint, run_at = excluded.run_at,
        expires_at = excluded.expires_at, replaced = excluded.replaced
    WHERE k.expires_at <= clock_timestamp()
)
SELECT id, queue, fence, priority, (extract(epoch FROM due_at) * 1000)::int8 AS due_ms, due_at > clock_timestamp() AS ahead
  FROM edited
