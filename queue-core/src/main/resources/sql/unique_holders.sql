-- unique_holders: read which unfinished jobs hold these unique keys.
-- The subqueries look up row by row: a join of three tables is begun at the wrong end where one of them has just grown.
-- params: queues, keys
SELECT i.queue, i.key, u.job_id
  FROM unnest(?::text[], ?::text[]) AS i (queue, key),
       LATERAL (SELECT job_id FROM unique_key WHERE queue = i.queue AND key = i.key OFFSET 0) u
 WHERE (SELECT j.state FROM job j WHERE j.id = u.job_id) = 0
