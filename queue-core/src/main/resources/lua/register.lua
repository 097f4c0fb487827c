#!lua flags=allow-oom
-- register: tell a new epoch what a worker was running before it was opened. The first registration of an entry wins.
--
-- KEYS[1] epoch HASH number, run_id, opened_at, rebuilt
-- KEYS[2] ready ZSET entry -> score
-- KEYS[3] due ZSET entry -> unix ms
-- KEYS[4] leases ZSET entry -> expiry, unix ms
-- KEYS[5] lease HASH entry -> flags and holder
-- KEYS[6] parked SET entries in due that could run, but not here and now
-- ARGV[1] number of the new epoch
-- ARGV[2] lease, ms
-- ARGV[3...] pairs: entry, its holder
-- RETURNS FENCED another epoch holds
-- RETURNS array for each pair 0 lost, 1 registered

if not epoch_holds(KEYS[1], ARGV[1]) then return 'FENCED' end
local expiry, answer = now_ms() + tonumber(ARGV[2]), {}
for i = 3, #ARGV, 2 do
  local entry, value = ARGV[i], redis.call('HGET', KEYS[5], ARGV[i])
  if value and string.sub(value, 3) ~= ARGV[i + 1] then
    answer[#answer + 1] = 0
  else
    redis.call('ZREM', KEYS[2], entry)
    redis.call('ZREM', KEYS[3], entry)
    redis.call('SREM', KEYS[6], entry)
    redis.call('ZADD', KEYS[4], expiry, entry)
    redis.call('HSET', KEYS[5], entry, value or '10' .. ARGV[i + 1])
    answer[#answer + 1] = 1
  end
end
return answer
