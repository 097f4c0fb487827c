-- expired: unfinished rows whose start deadline is behind a position and has passed, in the order of deadlines.
-- params: position's time (us), position's id, rows at most
SELECT id, queue, fence, priority, (extract(epoch FROM expires_at) * 1000000)::int8 AS expires_us
  FROM job
 WHERE (expires_at, id) > ('epoch'::timestamptz + ? * interval '1 microsecond', ?)
   AND expires_at <= now() AND state = 0
 ORDER BY expires_at, id LIMIT ?
