-- queue_change: change settings of a queue; what is not to be changed stays.
-- params: change the life?, life of idempotency keys (ms or null), change the limit?, backlog limit (or null),
--   change the limit?, concurrency limit (or null), change the limit?, rate limit (or null), queue
UPDATE queue SET idempotency_life_ms = CASE WHEN ? THEN ?::int8 ELSE idempotency_life_ms END,
       backlog_limit = CASE WHEN ? THEN ?::int4 ELSE backlog_limit END,
       concurrency_limit = CASE WHEN ? THEN ?::int4 ELSE concurrency_limit END,
       rate_limit = CASE WHEN ? THEN ?::float8 ELSE rate_limit END
 WHERE name = ?
