-- audit_operation: a change of many jobs, as the audit log shows it.
-- params: id
SELECT queue, jsonb_strip_nulls(to_jsonb(o) - 'id' - 'created_by' - 'created_at' - 'position_us' - 'position_id' - 'paged_at')::text AS picture
  FROM operation o WHERE id = ? FOR UPDATE
