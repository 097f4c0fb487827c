-- key_winners: read which jobs the keys stand for that another submit has won.
-- params: owners, keys
SELECT k.owner, k.key, k.job_id, k.fingerprint, k.run_at, k.expires_at, coalesce(k.replaced, false) AS replaced
  FROM unnest(?::text[], ?::text[]) AS i (owner, key)
  JOIN idempotency_key k ON k.owner = i.owner AND k.key = i.key
 WHERE k.expires_at > clock_timestamp()
