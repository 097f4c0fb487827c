-- cancelled_by_now: which of these jobs, that were to be ended unheld, have been ended so, by whomever.
-- params: ids, fences
SELECT j.id
  FROM unnest(?::uuid[], ?::int4[]) AS i (id, fence)
  JOIN job j ON j.id = i.id AND j.fence = i.fence + 1
 WHERE j.state = 3
