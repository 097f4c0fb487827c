-- accept_unique: write unique keys, idempotency keys, and the rows of the jobs that won theirs.
-- A unique key is taken over from a job that has ended or is gone as this statement sees it, and only while the key's row is
-- the one it sees. So a job that took the key meanwhile, which it cannot see, keeps it. Whoever wins a unique key and then
-- loses its idempotency key leaves a row of a job that never was, which stands for nothing. Both kinds of keys are locked
-- in their order, unique ones first. Where all or nothing is asked for and a job is not made, it fails with a division by
-- zero, which takes everything back.
-- params: ids, queues, types, priorities, due times (ms or null), options, tags, payloads, owners, keys, fingerprints,
--         run times (ms), ends of keys (ms), start deadlines (ms or null), unique keys, all or nothing?
WITH input AS (
  SELECT * FROM unnest(?::uuid[], ?::text[], ?::text[], ?::int2[], ?::int8[], ?::text[], ?::text[], ?::bytea[],
                       ?::text[], ?::text[], ?::bytea[], ?::int8[], ?::int8[], ?::int8[], ?::text[])
    AS i (id, queue, type, priority, due_ms, options, tags, payload, owner, key, fingerprint, run_ms, key_ends_ms, expires_ms,
          unique_key)
), free AS (
  SELECT u.job_id, u.fence
    FROM input i, LATERAL (SELECT job_id, fence FROM unique_key WHERE queue = i.queue AND key = i.unique_key OFFSET 0) u
   WHERE (SELECT j.state FROM job j WHERE j.id = u.job_id) IS DISTINCT FROM 0
), held AS (
  INSERT INTO unique_key AS u (queue, key, job_id)
  SELECT queue, unique_key, id FROM input WHERE unique_key IS NOT NULL ORDER BY queue, unique_key
  ON CONFLICT (queue, key) DO UPDATE SET job_id = excluded.job_id, fence = excluded.fence
    WHERE (u.job_id, u.fence) IN (SELECT job_id, fence FROM free)
  RETURNING u.job_id
), won AS (
  INSERT INTO idempotency_key AS k (owner, key, job_id, fingerprint, run_at, expires_at)
  SELECT owner, key, id, fingerprint, to_timestamp(run_ms / 1000.0), to_timestamp(key_ends_ms / 1000.0)
    FROM input WHERE key IS NOT NULL AND (unique_key IS NULL OR id IN (SELECT job_id FROM held)) ORDER BY owner, key
  ON CONFLICT (owner, key) DO UPDATE
    SET job_id = excluded.job_id, fingerprint = excluded.fingerprint, run_at = excluded.run_at,
        expires_at = excluded.expires_at, replaced = excluded.replaced
    WHERE k.expires_at <= clock_timestamp()
  RETURNING k.job_id
), made AS (
  INSERT INTO job (id, queue, type, priority, due_at, expires_at, options, tags, unique_key, payload)
  SELECT id, queue, type, priority, to_timestamp(due_ms / 1000.0), to_timestamp(expires_ms / 1000.0), options, tags, unique_key,
         payload
    FROM input
   WHERE (unique_key IS NULL OR id IN (SELECT job_id FROM held)) AND (key IS NULL OR id IN (SELECT job_id FROM won))
  RETURNING id
)
SELECT coalesce(array_agg(id), '{}') AS ids, 1 / (NOT ? OR count(*) = (SELECT count(*) FROM input))::int AS allowed FROM made
