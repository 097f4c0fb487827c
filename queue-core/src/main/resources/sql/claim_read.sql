-- claim_read: read the rows of claimed entries, whatever their state.
-- params: ids
SELECT j.id, j.fence, j.state, j.type, j.attempt, j.crashes, j.cancel_requested, j.options, j.tags, j.payload,
       CASE WHEN j.due_at > clock_timestamp() THEN (extract(epoch FROM j.due_at) * 1000)::int8 END AS due_ms
  FROM unnest(?::uuid[]) AS i (id) JOIN job j ON j.id = i.id
