#!lua flags=allow-oom
-- epoch_read: tell the number of the queue's epoch, if it is one of this server, and what claims are told of the queue.
--
-- KEYS[1] epoch HASH number, run_id, opened_at, rebuilt
-- KEYS[2] settings HASH paused, concurrency_limit, rate_limit
-- RETURNS array number (-1 when none holds), rebuilt 0 or 1, ms since it was opened, array of the three settings as text

local e = redis.call('HMGET', KEYS[1], 'number', 'run_id', 'rebuilt', 'opened_at')
local settings = redis.call('HMGET', KEYS[2], 'paused', 'concurrency_limit', 'rate_limit')
for i = 1, 3 do settings[i] = settings[i] or '' end
if not e[1] or e[2] ~= server_run_id() then return { -1, 0, 0, settings } end
return { tonumber(e[1]), e[3] == '1' and 1 or 0, now_ms() - tonumber(e[4]), settings }
