-- find_job: one job with everything its row says. A result whose time is over is gone, whether it was removed yet or not.
-- params: id
SELECT id, queue, type, state, priority, fence, attempt, options, tags, unique_key, payload, worker, failure_reason,
       failure_message,
       CASE WHEN result_ends_at <= clock_timestamp() THEN NULL ELSE result END AS result,
       coalesce(result_ends_at > clock_timestamp(), false) AS result_stands,
       due_at, expires_at, started_at, finished_at, due_at > clock_timestamp() AS scheduled
  FROM job WHERE id = ?
