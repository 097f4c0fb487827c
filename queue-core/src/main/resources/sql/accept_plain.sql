-- accept_plain: write the rows of jobs that came without an idempotency key and without a start deadline.
-- params: ids, queues, types, priorities, due times (ms or null), options, tags, payloads
INSERT INTO job (id, queue, type, priority, due_at, options, tags, payload)
SELECT id, queue, type, priority, to_timestamp(due_ms / 1000.0), options, tags, payload
  FROM unnest(?::uuid[], ?::text[], ?::text[], ?::int2[], ?::int8[], ?::text[], ?::text[], ?::bytea[])
    AS i (id, queue, type, priority, due_ms, options, tags, payload)
