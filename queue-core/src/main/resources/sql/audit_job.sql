-- audit_job: a job as the audit log shows it; its row stays as it is until the transaction ends. Never its payload.
-- params: id
SELECT queue, jsonb_strip_nulls(jsonb_build_object('type', type, 'state',
         CASE state WHEN 0 THEN 'waiting' WHEN 1 THEN 'succeeded' WHEN 2 THEN 'dead' ELSE 'cancelled' END,
         'priority', priority, 'attempt', attempt, 'run_at', due_at, 'cancel_requested', cancel_requested,
         'payload_bytes', octet_length(payload)))::text AS picture
  FROM job WHERE id = ? FOR UPDATE
