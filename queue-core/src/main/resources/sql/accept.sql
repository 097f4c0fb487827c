-- accept: write idempotency keys and the rows of the jobs that won theirs.
-- An expired key that still stands is taken over. Keys are locked in their order, so that batches cannot deadlock.
-- params: ids, queues, types, priorities, due times (ms or null), options, tags, payloads, owners, keys, fingerprints,
--         run times (ms), ends of keys (ms), start deadlines (ms or null)
WITH input AS (
  SELECT * FROM unnest(?::uuid[], ?::text[], ?::text[], ?::int2[], ?::int8[], ?::text[], ?::text[], ?::bytea[],
                       ?::text[], ?::text[], ?::bytea[], ?::int8[], ?::int8[], ?::int8[])
    AS i (id, queue, type, priority, due_ms, options, tags, payload, owner, key, fingerprint, run_ms, key_ends_ms, expires_ms)
), won AS (
  INSERT INTO idempotency_key AS k (owner, key, job_id, fingerprint, run_at, expires_at)
  SELECT owner, key, id, fingerprint, to_timestamp(run_ms / 1000.0), to_timestamp(key_ends_ms / 1000.0)
    FROM input WHERE key IS NOT NULL ORDER BY owner, key
  ON CONFLICT (owner, key) DO UPDATE
    SET job_id = excluded.job_id, fingerprint = excluded.fingerprint, run_at = excluded.run_at,
        expires_at = excluded.expires_at, replaced = excluded.replaced
    WHERE k.expires_at <= clock_timestamp()
  RETURNING k.job_id
)
INSERT INTO job (id, queue, type, priority, due_at, expires_at, options, tags, payload)
SELECT id, queue, type, priority, to_timestamp(due_ms / 1000.0), to_timestamp(expires_ms / 1000.0), options, tags, payload
  FROM input WHERE key IS NULL OR id IN (SELECT job_id FROM won)
RETURNING id
