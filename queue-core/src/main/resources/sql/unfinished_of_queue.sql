-- unfinished_of_queue: walk the unfinished, due rows of one queue by id.
-- params: queue, after this id, before this id, due by, rows at most
SELECT id, queue, fence, priority, (extract(epoch FROM due_at) * 1000)::int8 AS due_ms FROM job
 WHERE queue = ? AND id > ? AND id < ? AND state = 0
   AND (due_at IS NULL OR due_at <= least(clock_timestamp(), ?))
 ORDER BY id LIMIT ?
