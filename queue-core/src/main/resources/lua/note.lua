#!lua
-- note: keep what a handler said of its job, unless a later run of the job has said something.
--
-- KEYS[1] progress HASH fence, fraction, message, at, dropped, lines
-- KEYS[2] log LIST lines, the oldest first
-- ARGV[1] fence of the run
-- ARGV[2] fraction of the progress; '' when none was told
-- ARGV[3] its message; '' for none
-- ARGV[4] when it was told, unix ms
-- ARGV[5] lines that were dropped on their way here
-- ARGV[6] lines kept at most
-- ARGV[7] how long all of it is kept from now on, ms
-- ARGV[8...] lines
-- RETURNS 0 a later run has spoken: nothing was kept
-- RETURNS 1 kept

local before = tonumber(redis.call('HGET', KEYS[1], 'fence') or -1)
local fence = tonumber(ARGV[1])
if fence < before then return 0 end
if fence > before then
  redis.call('HDEL', KEYS[1], 'fraction', 'message', 'at')
  redis.call('HSET', KEYS[1], 'fence', ARGV[1])
end
if ARGV[2] ~= '' then redis.call('HSET', KEYS[1], 'fraction', ARGV[2], 'message', ARGV[3], 'at', ARGV[4]) end

if #ARGV > 7 then redis.call('HINCRBY', KEYS[1], 'lines', #ARGV - 7) end
for i = 8, #ARGV do redis.call('RPUSH', KEYS[2], ARGV[i]) end
local over = math.max(0, redis.call('LLEN', KEYS[2]) - tonumber(ARGV[6]))
if over > 0 then redis.call('LTRIM', KEYS[2], over, -1) end
if over + tonumber(ARGV[5]) > 0 then redis.call('HINCRBY', KEYS[1], 'dropped', over + tonumber(ARGV[5])) end
redis.call('PEXPIRE', KEYS[1], ARGV[7])
redis.call('PEXPIRE', KEYS[2], ARGV[7])
return 1
