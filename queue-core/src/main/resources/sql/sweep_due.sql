-- sweep_due: unfinished rows whose time came behind a position and not after a moment.
-- params: position's time (us), position's id, moment (us), rows at most
SELECT id, queue, fence, priority, (extract(epoch FROM due_at) * 1000)::int8 AS due_ms,
       (extract(epoch FROM due_at) * 1000000)::int8 AS due_us
  FROM job
 WHERE (due_at, id) > ('epoch'::timestamptz + ? * interval '1 microsecond', ?)
   AND due_at <= 'epoch'::timestamptz + ? * interval '1 microsecond' AND state = 0
 ORDER BY due_at, id LIMIT ?
