-- queue_change: change settings of a queue; what is not to be changed stays.
-- params: change the life?, life of idempotency keys (ms or null), change the limit?, backlog limit (or null), queue
UPDATE queue SET idempotency_life_ms = CASE WHEN ? THEN ?::int8 ELSE idempotency_life_ms END,
       backlog_limit = CASE WHEN ? THEN ?::int4 ELSE backlog_limit END
 WHERE name = ?
