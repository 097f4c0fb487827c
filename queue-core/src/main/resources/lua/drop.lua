#!lua flags=allow-oom
-- drop: take stale entries out of the index, wherever they are. A stale entry is so for good, since fences only grow.
--
-- KEYS[1] epoch HASH number, run_id, opened_at, rebuilt
-- KEYS[2] ready ZSET entry -> score
-- KEYS[3] due ZSET entry -> unix ms
-- KEYS[4] leases ZSET entry -> expiry, unix ms
-- KEYS[5] lease HASH entry -> flags and holder
-- KEYS[6] parked SET entries in due that could run, but not here and now
-- ARGV[1] number of the epoch, seen before
-- ARGV[2...] entries
-- RETURNS FENCED another epoch holds
-- RETURNS integer how many were there

if not epoch_holds(KEYS[1], ARGV[1]) then return 'FENCED' end
local dropped = 0
for i = 2, #ARGV do
  local there = redis.call('ZREM', KEYS[2], ARGV[i]) + redis.call('ZREM', KEYS[3], ARGV[i]) + redis.call('ZREM', KEYS[4], ARGV[i])
  redis.call('HDEL', KEYS[5], ARGV[i])
  redis.call('SREM', KEYS[6], ARGV[i])
  dropped = dropped + math.min(1, there)
end
return dropped
