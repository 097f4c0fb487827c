-- find_job: one job with everything its row says.
-- params: id
SELECT id, queue, type, state, priority, fence, attempt, options, tags, payload, worker, failure_reason, failure_message,
       result, due_at, expires_at, started_at, finished_at, due_at > clock_timestamp() AS scheduled
  FROM job WHERE id = ?
