-- raise: raise the fences of entries whose lease ran out, guarded by the fence that was handed out, and record a crash
-- where a handler had begun. The third crash makes the job dead. Before the second re-run after a crash there is a pause.
-- params: ids, fences, begun, workers, crashes that are enough, pauses by crash in ms
WITH input AS (
  SELECT * FROM unnest(?::uuid[], ?::int4[], ?::bool[], ?::text[]) AS i (id, fence, begun, worker)
), raised AS (
  UPDATE job j
     SET fence = j.fence + 1,
         crashes = j.crashes + i.begun::int,
         state = CASE WHEN i.begun AND j.crashes + 1 >= p.enough THEN 2 ELSE 0 END,
         dead_at = CASE WHEN i.begun AND j.crashes + 1 >= p.enough THEN clock_timestamp() END,
         finished_at = CASE WHEN i.begun AND j.crashes + 1 >= p.enough THEN clock_timestamp() END,
         due_at = CASE WHEN i.begun AND j.crashes + 1 >= p.enough THEN NULL
                       ELSE greatest(coalesce(j.due_at, clock_timestamp()), clock_timestamp())
                            + CASE WHEN i.begun THEN coalesce(p.pauses[j.crashes + 1], 0) ELSE 0 END * interval '1 millisecond' END,
         worker = CASE WHEN i.begun THEN i.worker ELSE j.worker END,
         failure_reason = CASE WHEN i.begun THEN CASE WHEN j.crashes + 1 >= p.enough THEN 'poison' ELSE 'crash' END ELSE j.failure_reason END,
         failure_message = CASE WHEN i.begun THEN 'the worker died or lost its lease while the handler ran' ELSE j.failure_message END
    FROM input i, (SELECT ?::int AS enough, ?::int8[] AS pauses) p
   WHERE j.id = i.id AND j.fence = i.fence AND j.state = 0
  RETURNING j.id, j.fence, j.state, j.priority, j.attempt, i.begun, i.worker, j.failure_reason, j.failure_message, j.due_at
), recorded AS (
  INSERT INTO attempt (job_id, fence, attempt, reason, message, worker, finished_at)
  SELECT id, fence - 1, attempt + 1, failure_reason, failure_message, worker, clock_timestamp() FROM raised WHERE begun
  ON CONFLICT DO NOTHING
)
SELECT id, fence, state, priority, (extract(epoch FROM due_at) * 1000)::int8 AS due_ms FROM raised
