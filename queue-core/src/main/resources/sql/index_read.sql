-- index_read: read what the index should hold of these jobs.
-- params: ids
SELECT j.id, j.fence, j.state, j.priority, (extract(epoch FROM j.due_at) * 1000)::int8 AS due_ms,
       coalesce(j.due_at > clock_timestamp(), false) AS ahead
  FROM unnest(?::uuid[]) AS i (id) JOIN job j ON j.id = i.id
