-- redrive: make dead and cancelled jobs runnable with their budgets renewed. One with a unique key must get it again: from
-- a job that has ended or is gone as this statement sees it (itself, mostly), and only while the key's row is the one it
-- sees. Of two jobs with one key the newer gets it.
-- params: ids
WITH input AS (
  SELECT id FROM unnest(?::uuid[]) AS i (id)
), keyed AS (
  SELECT j.id, j.fence, j.queue, j.unique_key FROM input i JOIN job j ON j.id = i.id
   WHERE j.state IN (2, 3) AND j.unique_key IS NOT NULL ORDER BY j.id FOR UPDATE OF j
), free AS (
  SELECT u.job_id, u.fence
    FROM keyed k, LATERAL (SELECT job_id, fence FROM unique_key WHERE queue = k.queue AND key = k.unique_key OFFSET 0) u
   WHERE (SELECT j.state FROM job j WHERE j.id = u.job_id) IS DISTINCT FROM 0
), held AS (
  INSERT INTO unique_key AS u (queue, key, job_id, fence)
  SELECT DISTINCT ON (queue, unique_key) queue, unique_key, id, fence + 1 FROM keyed ORDER BY queue, unique_key, id DESC
  ON CONFLICT (queue, key) DO UPDATE SET job_id = excluded.job_id, fence = excluded.fence
    WHERE (u.job_id, u.fence) IN (SELECT job_id, fence FROM free)
  RETURNING u.job_id, u.fence
)
UPDATE job j SET state = 0, fence = j.fence + 1, attempt = 0, crashes = 0, cancel_requested = false, dead_at = NULL,
       finished_at = NULL, due_at = clock_timestamp(), failure_reason = NULL, failure_message = NULL
  FROM input i LEFT JOIN held h ON h.job_id = i.id
 WHERE j.id = i.id AND j.state IN (2, 3) AND (j.unique_key IS NULL OR h.fence = j.fence + 1)
RETURNING j.id, j.queue, j.fence, j.priority, (extract(epoch FROM j.due_at) * 1000)::int8 AS due_ms
