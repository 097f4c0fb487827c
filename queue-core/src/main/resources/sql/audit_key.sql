-- audit_key: an API key, as the audit log shows it. Never its hash.
-- params: id
SELECT NULL::text AS queue, jsonb_strip_nulls(jsonb_build_object('owner', owner,
         'scopes', string_to_array(lower(scopes), ','), 'queues', string_to_array(queues, ','),
         'expires_at', expires_at, 'revoked_at', revoked_at))::text AS picture
  FROM api_key WHERE id = ? FOR UPDATE
