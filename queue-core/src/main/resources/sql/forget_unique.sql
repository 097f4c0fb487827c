-- forget_unique: look at the next rows of unique keys, and remove those that stand for nothing: whose job has ended or is
-- gone as this statement sees it. A row that was taken over or taken again meanwhile is not the one it sees, and stays.
-- params: behind this queue, and this key, rows at most
WITH page AS (
  SELECT queue, key, job_id, fence FROM unique_key WHERE (queue, key) > (?, ?) ORDER BY queue, key LIMIT ?
), forgotten AS (
  DELETE FROM unique_key u
   USING (SELECT queue, key, job_id, fence FROM page p
           WHERE (SELECT j.state FROM job j WHERE j.id = p.job_id) IS DISTINCT FROM 0 ORDER BY queue, key) old
   WHERE u.queue = old.queue AND u.key = old.key AND u.job_id = old.job_id AND u.fence = old.fence
  RETURNING u.job_id
)
SELECT queue, key, (SELECT count(*) FROM page) AS looked_at, (SELECT count(*) FROM forgotten) AS forgotten
  FROM page ORDER BY queue DESC, key DESC LIMIT 1
