-- outcome_read: tell which of these outcomes stand already, recorded by a statement whose answer was lost.
-- A reaper's raise looks much like a failure, but its attempt record has another reason.
-- params: ids, fences, states, counted (1 where the outcome has an attempt record), reasons, workers
SELECT j.id, (extract(epoch FROM j.due_at) * 1000)::int8 AS due_ms
  FROM unnest(?::uuid[], ?::int4[], ?::int2[], ?::int2[], ?::text[], ?::text[])
    AS i (id, fence, state, counted, reason, worker)
  JOIN job j ON j.id = i.id
  LEFT JOIN attempt a ON a.job_id = i.id AND a.fence = i.fence
 WHERE j.state = i.state AND j.worker = i.worker
   AND j.fence = i.fence + CASE WHEN i.state = 1 THEN 0 ELSE 1 END
   AND CASE WHEN i.counted = 1 THEN a.reason = i.reason ELSE a.job_id IS NULL END
