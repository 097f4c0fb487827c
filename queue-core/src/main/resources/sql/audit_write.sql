-- audit_write: note what somebody did, in the transaction of the act.
-- params: key, its owner, action, target, queue, before, after
INSERT INTO audit (key_id, owner, action, target, queue, before, after) VALUES (?, ?, ?, ?, ?, ?::jsonb, ?::jsonb)
