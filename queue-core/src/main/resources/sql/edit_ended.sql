-- edit_ended: change a dead or cancelled job, under the fence that was read, which is raised; a redrive runs it so.
-- params: payload, priority (each null to leave it), id, fence
UPDATE job SET payload = coalesce(?, payload), priority = coalesce(?, priority), fence = fence + 1
 WHERE id = ? AND fence = ? AND state IN (2, 3)
