-- waiting_for_time: jobs by queue whose time is ahead, from their index alone: whatever ends a job takes its time away.
SELECT queue, count(*) AS jobs FROM job WHERE due_at > clock_timestamp() GROUP BY queue
