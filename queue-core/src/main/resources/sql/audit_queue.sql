-- audit_queue: what is settled about a queue, as the audit log shows it.
-- params: name
SELECT name AS queue, jsonb_strip_nulls(to_jsonb(q) - 'name' - 'epoch' - 'created_at')::text AS picture
  FROM queue q WHERE name = ? FOR UPDATE
