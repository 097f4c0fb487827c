-- waiting_for_time: jobs by queue whose time is ahead.
SELECT queue, count(*) AS jobs FROM job WHERE due_at > clock_timestamp() AND state = 0 GROUP BY queue
