-- ended_jobs: tell which of these jobs have ended or are gone.
-- params: ids
SELECT i.id FROM unnest(?::uuid[]) AS i (id) LEFT JOIN job j ON j.id = i.id WHERE j.id IS NULL OR j.state <> 0
