-- note_begun: note that handlers are about to begin, each only under its fence. From then on a job has no start deadline.
-- params: ids, fences
UPDATE job j SET begun_fence = j.fence, expires_at = NULL
  FROM unnest(?::uuid[], ?::int4[]) AS i (id, fence)
 WHERE j.id = i.id AND j.fence = i.fence AND j.state = 0
RETURNING j.id
