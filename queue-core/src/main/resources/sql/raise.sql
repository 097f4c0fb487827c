-- raise: raise the fences of entries whose lease ran out, guarded by the fence that was handed out, and record a crash
-- where a handler had begun. The third crash makes the job dead; it counts only where the job was noted as begun, since
-- a job with two crashes behind it runs alone. Before the second re-run after a crash there is a pause. Where no crash is
-- recorded the row names no worker, or the hand-back that this raise refuses would be read as recorded (outcome_read.sql).
-- params: ids, fences, begun, workers, crashes that are enough, pauses by crash in ms
WITH input AS (
  SELECT * FROM unnest(?::uuid[], ?::int4[], ?::bool[], ?::text[]) AS i (id, fence, begun, worker)
), expired AS (
  SELECT j.id, j.fence, i.worker, j.crashes + 1 AS crash, p.enough, p.pauses,
         i.begun AND (j.crashes + 1 < p.enough OR j.begun_fence IS NOT DISTINCT FROM j.fence) AS crashed
    FROM input i JOIN job j ON j.id = i.id AND j.fence = i.fence AND j.state = 0,
         (SELECT ?::int AS enough, ?::int8[] AS pauses) p
   ORDER BY j.id FOR UPDATE OF j
), raised AS (
  UPDATE job j
     SET fence = j.fence + 1,
         crashes = j.crashes + e.crashed::int,
         state = CASE WHEN e.crashed AND e.crash >= e.enough THEN 2 ELSE 0 END,
         dead_at = CASE WHEN e.crashed AND e.crash >= e.enough THEN clock_timestamp() END,
         finished_at = CASE WHEN e.crashed AND e.crash >= e.enough THEN clock_timestamp() END,
         due_at = CASE WHEN e.crashed AND e.crash >= e.enough THEN NULL
                       ELSE greatest(coalesce(j.due_at, clock_timestamp()), clock_timestamp())
                            + CASE WHEN e.crashed THEN coalesce(e.pauses[e.crash], 0) ELSE 0 END * interval '1 millisecond' END,
         worker = CASE WHEN e.crashed THEN e.worker END,
         failure_reason = CASE WHEN e.crashed THEN CASE WHEN e.crash >= e.enough THEN 'poison' ELSE 'crash' END ELSE j.failure_reason END,
         failure_message = CASE WHEN e.crashed THEN 'the worker died or lost its lease while the handler ran' ELSE j.failure_message END
    FROM expired e
   WHERE j.id = e.id AND j.fence = e.fence AND j.state = 0
  RETURNING j.id, j.fence, j.state, j.priority, j.attempt, e.crashed, e.worker, j.failure_reason, j.failure_message, j.due_at
), recorded AS (
  INSERT INTO attempt (job_id, fence, attempt, reason, message, worker, finished_at)
  SELECT id, fence - 1, attempt + 1, failure_reason, failure_message, worker, clock_timestamp() FROM raised WHERE crashed
  ON CONFLICT DO NOTHING
)
SELECT id, fence, state, priority, (extract(epoch FROM due_at) * 1000)::int8 AS due_ms,
       coalesce(due_at > clock_timestamp(), false) AS ahead
  FROM raised
