#!lua flags=allow-oom,no-writes
-- log_after: read the next lines that handlers logged for a job. Lines are numbered from 1 on, those that went included.
--
-- KEYS[1] progress HASH fence, fraction, message, at, dropped, lines
-- KEYS[2] log LIST lines, the oldest first
-- ARGV[1] behind the line of this number; 0 for the beginning
-- ARGV[2] lines at most
-- RETURNS array the number of the first of them, and an array of them

local last = tonumber(redis.call('HGET', KEYS[1], 'lines') or 0)
local gone = last - redis.call('LLEN', KEYS[2])
local behind = tonumber(ARGV[1])
-- A number that was not given yet is one of a log that was lost: this is another one.
if behind > last then behind = 0 end
local from = math.max(0, behind - gone)
return {gone + from + 1, redis.call('LRANGE', KEYS[2], from, from + tonumber(ARGV[2]) - 1)}
