-- finish_succeeded: record results, each only under its fence. Whoever asked for nothing pays one test for null.
-- params: ids, fences, workers, ms since the start, results
UPDATE job j
   SET state = 1, started_at = clock_timestamp() - i.ran_ms * interval '1 millisecond', finished_at = clock_timestamp(),
       attempt = j.attempt + 1, worker = i.worker, result = i.result, due_at = NULL, expires_at = NULL, cancel_requested = false,
       failure_reason = NULL, failure_message = NULL,
       result_ends_at = CASE WHEN j.options IS NOT NULL
         THEN clock_timestamp() + (j.options::json ->> 'retain_result_ms')::int8 * interval '1 millisecond' END
  FROM unnest(?::uuid[], ?::int4[], ?::text[], ?::int8[], ?::bytea[]) AS i (id, fence, worker, ran_ms, result)
 WHERE j.id = i.id AND j.fence = i.fence AND j.state = 0
RETURNING j.id
