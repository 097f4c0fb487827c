#!lua flags=allow-oom
-- retract: take entries out of the index because their jobs are about to end unheld; leased ones stay.
--
-- KEYS[1] epoch HASH number, run_id, opened_at, rebuilt
-- KEYS[2] ready ZSET entry -> score
-- KEYS[3] due ZSET entry -> unix ms
-- KEYS[4] leases ZSET entry -> expiry, unix ms
-- KEYS[5] parked SET entries in due that could run, but not here and now
-- ARGV[1] number of the epoch, seen before the rows were read
-- ARGV[2] rebuilt 1 to rest until the index is rebuilt, for whom it matters that nobody holds what is not leased
-- ARGV[3...] entries
-- RETURNS FENCED another epoch holds
-- RETURNS RESTING the index is not rebuilt yet
-- RETURNS array for each entry 0 not leased, 1 leased

local holds, rebuilt = epoch_holds(KEYS[1], ARGV[1])
if not holds then return 'FENCED' end
if ARGV[2] == '1' and not rebuilt then return 'RESTING' end
local answer = {}
for i = 3, #ARGV do
  local leased = redis.call('ZSCORE', KEYS[4], ARGV[i])
  if not leased then
    redis.call('ZREM', KEYS[2], ARGV[i])
    redis.call('ZREM', KEYS[3], ARGV[i])
    redis.call('SREM', KEYS[5], ARGV[i])
  end
  answer[#answer + 1] = leased and 1 or 0
end
return answer
