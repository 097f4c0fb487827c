-- cancel_unheld: end a job that nobody holds and nobody can claim any more.
-- params: id, fence
UPDATE job SET state = 3, fence = fence + 1, due_at = NULL, expires_at = NULL, finished_at = clock_timestamp(), cancel_requested = false,
       failure_reason = 'cancelled', failure_message = 'cancelled before it started'
 WHERE id = ? AND fence = ? AND state = 0
