#!lua flags=allow-oom
-- claim: move what is due to ready, take up to n ready entries and lease them to one claim of a worker.
--
-- KEYS[1] epoch HASH number, run_id, opened_at, rebuilt
-- KEYS[2] ready ZSET entry -> score
-- KEYS[3] due ZSET entry -> unix ms
-- KEYS[4] leases ZSET entry -> expiry, unix ms
-- KEYS[5] lease HASH entry -> flags (begun, cancel requested) and holder
-- KEYS[6] wake LIST at most one mark
-- KEYS[7] settings HASH paused
-- KEYS[8] parked SET entries in due that could run, but not here and now
-- ARGV[1] number of the epoch, seen before
-- ARGV[2] holder: worker and claim number, new at every claim
-- ARGV[3] how many at most
-- ARGV[4] lease, ms
-- ARGV[5] head start of one priority step, ms
-- RETURNS FENCED another epoch holds
-- RETURNS array ms until the next entry falls due (-1: none known), then the entries

if not epoch_holds(KEYS[1], ARGV[1]) then return 'FENCED' end
if redis.call('HGET', KEYS[7], 'paused') == '1' then return { -1 } end
local now, most, head_start = now_ms(), tonumber(ARGV[3]), tonumber(ARGV[5])

local due = redis.call('ZRANGE', KEYS[3], '-inf', now, 'BYSCORE', 'LIMIT', 0, 1000, 'WITHSCORES')
for i = 1, #due, 2 do
  redis.call('ZADD', KEYS[2], ready_score(due[i], tonumber(due[i + 1]), head_start), due[i])
  redis.call('ZREM', KEYS[3], due[i])
  redis.call('SREM', KEYS[8], due[i])
end

local popped = redis.call('ZPOPMIN', KEYS[2], most)
local answer, expiry, value = { -1 }, string.format('%.0f', now + tonumber(ARGV[4])), '10' .. ARGV[2]
local expiries, values = {}, {}
for i = 1, #popped, 2 do
  local entry = popped[i]
  expiries[i], expiries[i + 1] = expiry, entry
  values[i], values[i + 1] = entry, value
  answer[#answer + 1] = entry
end
call_in_parts('ZADD', KEYS[4], expiries)
call_in_parts('HSET', KEYS[5], values)

if redis.call('EXISTS', KEYS[2]) == 1 then wake_one(KEYS[6]) end
local next_due = redis.call('ZRANGE', KEYS[3], 0, 0, 'WITHSCORES')
if next_due[2] then answer[1] = math.max(0, tonumber(next_due[2]) - now) end
return answer
