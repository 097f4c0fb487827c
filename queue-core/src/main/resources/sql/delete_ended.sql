-- delete_ended: remove jobs that have ended in one of these states, and their attempts.
-- params: ids, states
WITH gone AS (
  DELETE FROM job j USING unnest(?::uuid[]) AS i (id) WHERE j.id = i.id AND j.state = ANY (?::int2[]) RETURNING j.id
), attempts AS (
  DELETE FROM attempt a USING gone WHERE a.job_id = gone.id
)
SELECT id FROM gone
