-- results_over: jobs whose results are not kept any longer, the longest overdue first.
-- params: rows at most
SELECT id FROM job WHERE result_ends_at <= now() ORDER BY result_ends_at LIMIT ?
