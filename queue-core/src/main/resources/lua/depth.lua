#!lua flags=allow-oom,no-writes
-- depth: count what the index holds of a queue.
--
-- KEYS[1] epoch HASH number, run_id, opened_at, rebuilt
-- KEYS[2] ready ZSET entry -> score
-- KEYS[3] due ZSET entry -> unix ms
-- KEYS[4] leases ZSET entry -> expiry, unix ms
-- KEYS[5] stats HASH accepted, finished, failed
-- KEYS[6] parked SET entries in due that could run, but not here and now
-- ARGV[1] head start of one priority step, ms
-- RETURNS array indexed (0 while no epoch holds or it is not rebuilt), ready (due and parked ones included), leased, age of the
--   oldest of the first 100 ready ones in ms, accepted, finished, failed, parked, all that is in ready and due

local e = redis.call('HMGET', KEYS[1], 'run_id', 'rebuilt')
local indexed = e[1] == server_run_id() and e[2] == '1'
local now, oldest = now_ms(), nil
local first = redis.call('ZRANGE', KEYS[2], 0, 99, 'WITHSCORES')
for i = 1, #first, 2 do
  local time = tonumber(first[i + 1]) + string.byte(first[i], 17) * tonumber(ARGV[1])
  if not oldest or time < oldest then oldest = time end
end
local due = redis.call('ZRANGE', KEYS[3], 0, 0, 'WITHSCORES')
if due[2] and tonumber(due[2]) <= now and (not oldest or tonumber(due[2]) < oldest) then oldest = tonumber(due[2]) end
local stats = redis.call('HMGET', KEYS[5], 'accepted', 'finished', 'failed')
return {
  indexed and 1 or 0,
  redis.call('ZCARD', KEYS[2]) + redis.call('ZCOUNT', KEYS[3], '-inf', now) + redis.call('SCARD', KEYS[6]),
  redis.call('ZCARD', KEYS[4]),
  oldest and math.max(0, now - oldest) or 0,
  tonumber(stats[1] or '0'), tonumber(stats[2] or '0'), tonumber(stats[3] or '0'),
  redis.call('SCARD', KEYS[6]),
  redis.call('ZCARD', KEYS[2]) + redis.call('ZCARD', KEYS[3])
}
