-- sweep_accepted: unfinished rows accepted in a span of ids that never waited for a time.
-- params: first id, id behind the last, rows at most
SELECT id, queue, fence, priority, NULL::int8 AS due_ms FROM job
 WHERE id >= ? AND id < ? AND state = 0 AND due_at IS NULL
 ORDER BY id LIMIT ?
