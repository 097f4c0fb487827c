-- recent_failures: the newest failed attempts of the last day.
-- params: rows at most
SELECT a.job_id, j.type, j.queue, a.attempt, a.reason, a.message, a.finished_at, j.state,
       j.due_at > clock_timestamp() AS scheduled
  FROM (SELECT * FROM attempt WHERE finished_at > now() - interval '1 day' ORDER BY finished_at DESC LIMIT ?) a
  JOIN job j ON j.id = a.job_id
 ORDER BY a.finished_at DESC
