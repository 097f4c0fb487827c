#!lua flags=allow-oom
-- retract: take entries out of the index because their jobs are about to end without having begun; leased ones stay.
--
-- KEYS[1] epoch HASH number, run_id, opened_at, rebuilt
-- KEYS[2] ready ZSET entry -> score
-- KEYS[3] due ZSET entry -> unix ms
-- KEYS[4] leases ZSET entry -> expiry, unix ms
-- KEYS[5] parked SET entries in due that could run, but not here and now
-- ARGV[1] number of the epoch, seen before the rows were read
-- ARGV[2...] entries
-- RETURNS FENCED another epoch holds
-- RETURNS array for each entry 0 not leased, 1 leased

if not epoch_holds(KEYS[1], ARGV[1]) then return 'FENCED' end
local answer = {}
for i = 2, #ARGV do
  local leased = redis.call('ZSCORE', KEYS[4], ARGV[i])
  if not leased then
    redis.call('ZREM', KEYS[2], ARGV[i])
    redis.call('ZREM', KEYS[3], ARGV[i])
    redis.call('SREM', KEYS[5], ARGV[i])
  end
  answer[#answer + 1] = leased and 1 or 0
end
return answer
