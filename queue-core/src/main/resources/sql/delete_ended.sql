-- delete_ended: remove a job that has ended, and its attempts.
-- params: id
WITH gone AS (DELETE FROM job WHERE id = ? AND state <> 0 RETURNING id),
attempts AS (DELETE FROM attempt a USING gone WHERE a.job_id = gone.id)
SELECT id FROM gone
