-- claim_read: read the rows of claimed entries, whatever their state. Once the payloads fill the budget, further rows
-- come without theirs; the first row has its payload in any case.
-- params: most bytes, ids
SELECT id, fence, state, type, attempt, crashes, cancel_requested, deadline, options, tags, due_ms,
       CASE WHEN bytes_before < ? OR bytes_before = 0 THEN payload END AS payload
  FROM (SELECT j.id, j.fence, j.state, j.type, j.attempt, j.crashes, j.cancel_requested, j.options, j.tags, j.payload,
               CASE WHEN j.expires_at IS NULL THEN 0 WHEN j.expires_at > clock_timestamp() THEN 1 ELSE 2 END AS deadline,
               CASE WHEN j.due_at > clock_timestamp() THEN (extract(epoch FROM j.due_at) * 1000)::int8 END AS due_ms,
               sum(octet_length(j.payload)) OVER (ORDER BY i.place ROWS UNBOUNDED PRECEDING) - octet_length(j.payload)
                 AS bytes_before
          FROM unnest(?::uuid[]) WITH ORDINALITY AS i (id, place) JOIN job j ON j.id = i.id) claimed
