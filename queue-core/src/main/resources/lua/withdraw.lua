#!lua flags=allow-oom
-- withdraw: take an entry out of the index because its job is to be cancelled; a leased one is only marked.
--
-- KEYS[1] epoch HASH number, run_id, opened_at, rebuilt
-- KEYS[2] ready ZSET entry -> score
-- KEYS[3] due ZSET entry -> unix ms
-- KEYS[4] lease HASH entry -> flags (begun, cancel requested) and holder
-- KEYS[5] parked SET entries in due that could run, but not here and now
-- ARGV[1] number of the epoch, seen before the request was noted
-- ARGV[2] entry
-- ARGV[3] channel on which workers hear of marked leases
-- RETURNS FENCED another epoch holds
-- RETURNS UNKNOWN the index is not rebuilt, so somebody may hold it
-- RETURNS LEASED somebody holds it and is told; if the word is lost, the next renewal tells of the mark
-- RETURNS WITHDRAWN nobody holds it, and nobody can claim it any more

local holds, rebuilt = epoch_holds(KEYS[1], ARGV[1])
if not holds then return 'FENCED' end
local value = redis.call('HGET', KEYS[4], ARGV[2])
if value then
  redis.call('HSET', KEYS[4], ARGV[2], string.sub(value, 1, 1) .. '1' .. string.sub(value, 3))
  redis.call('PUBLISH', ARGV[3], ARGV[2])
  return 'LEASED'
end
if not rebuilt then return 'UNKNOWN' end
redis.call('ZREM', KEYS[2], ARGV[2])
redis.call('ZREM', KEYS[3], ARGV[2])
redis.call('SREM', KEYS[5], ARGV[2])
return 'WITHDRAWN'
