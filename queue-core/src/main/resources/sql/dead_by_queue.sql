-- dead_by_queue: dead jobs by queue that are still kept, from their index alone.
SELECT queue, count(*) AS jobs FROM job WHERE dead_at IS NOT NULL GROUP BY queue
