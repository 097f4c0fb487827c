-- attempts_of_job: the attempts of one job that failed, oldest first.
-- params: id
SELECT attempt, reason, message, worker, started_at, finished_at FROM attempt WHERE job_id = ? ORDER BY fence LIMIT 200
