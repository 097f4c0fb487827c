-- finish_failed: record failures and hand-backs of begun jobs, each only under its fence, which is raised.
-- state 0 stays runnable at due_ms from now; 2 is dead, 3 cancelled. Attempts that count get a record. What never began
-- has no time since its start.
-- params: ids, fences, states, counted (attempts), due in ms, reasons, messages, workers, ms since the start (or null)
WITH input AS (
  SELECT * FROM unnest(?::uuid[], ?::int4[], ?::int2[], ?::int2[], ?::int8[], ?::text[], ?::text[], ?::text[], ?::int8[])
    AS i (id, fence, state, counted, due_in_ms, reason, message, worker, ran_ms)
), done AS (
  UPDATE job j
     SET state = i.state, fence = j.fence + 1, attempt = j.attempt + i.counted, worker = i.worker,
         started_at = coalesce(clock_timestamp() - i.ran_ms * interval '1 millisecond', j.started_at), expires_at = NULL,
         due_at = CASE WHEN i.state = 0 THEN clock_timestamp() + i.due_in_ms * interval '1 millisecond' END,
         dead_at = CASE WHEN i.state = 2 THEN clock_timestamp() END,
         finished_at = CASE WHEN i.state <> 0 THEN clock_timestamp() END,
         cancel_requested = j.cancel_requested AND i.state = 0,
         failure_reason = coalesce(i.reason, j.failure_reason), failure_message = coalesce(i.message, j.failure_message)
    FROM input i
   WHERE j.id = i.id AND j.fence = i.fence AND j.state = 0
  RETURNING j.id, j.fence, j.attempt, (extract(epoch FROM j.due_at) * 1000)::int8 AS due_ms
), recorded AS (
  INSERT INTO attempt (job_id, fence, attempt, reason, message, worker, started_at, finished_at)
  SELECT d.id, i.fence, d.attempt, i.reason, i.message, i.worker,
         clock_timestamp() - i.ran_ms * interval '1 millisecond', clock_timestamp()
    FROM done d JOIN input i ON i.id = d.id WHERE i.counted > 0
  ON CONFLICT DO NOTHING
)
SELECT id, due_ms FROM done
