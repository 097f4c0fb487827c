#!lua flags=allow-oom
-- claim: move what is due to ready, take up to n ready entries and lease them to one claim of a worker, no more than the
-- queue's concurrency limit and rate limit leave.
--
-- KEYS[1] epoch HASH number, run_id, opened_at, rebuilt; under limits also limited, tokens, tokens_at
-- KEYS[2] ready ZSET entry -> score
-- KEYS[3] due ZSET entry -> unix ms
-- KEYS[4] leases ZSET entry -> expiry, unix ms; 0 for what a caretaker put there
-- KEYS[5] lease HASH entry -> flags (begun, cancel requested) and holder
-- KEYS[6] wake LIST at most one mark
-- KEYS[7] settings HASH paused, concurrency_limit, rate_limit
-- KEYS[8] parked SET entries in due that could run, but not here and now
-- ARGV[1] number of the epoch, seen before
-- ARGV[2] holder: worker and claim number, new at every claim
-- ARGV[3] how many at most
-- ARGV[4] lease, ms
-- ARGV[5] head start of one priority step, ms
-- RETURNS FENCED another epoch holds
-- RETURNS array ms until the next entry falls due or the rate lets the next one start (-1: none known), then the entries

local holds, rebuilt, limited = epoch_holds(KEYS[1], ARGV[1])
if not holds then return 'FENCED' end
local settings = redis.call('HMGET', KEYS[7], 'paused', 'concurrency_limit', 'rate_limit')
if settings[1] == '1' then return { -1 } end
local now, most, head_start = now_ms(), tonumber(ARGV[3]), tonumber(ARGV[5])
local cap, rate = tonumber(settings[2]), tonumber(settings[3])

-- What runs is what is leased, but for what a caretaker has put there. Before the index is rebuilt that is not known.
local room = cap and (rebuilt and math.max(0, cap - redis.call('ZCOUNT', KEYS[4], '(0', '+inf')) or 0) or most
local tokens = nil
if rate then
  -- A bucket that is not known begins empty: what was started before it was lost is not known either.
  local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'tokens_at')
  local since = math.max(0, now - (tonumber(bucket[2]) or now))
  tokens = bucket[2] and math.min(math.max(1, rate), tonumber(bucket[1]) + since * rate / 1000) or 0
  most = math.min(most, math.floor(tokens))
end
most = math.min(most, room)

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

local taken, left = #popped / 2, redis.call('EXISTS', KEYS[2]) == 1
local full = left and cap and taken >= room
if tokens then
  tokens = tokens - taken
  redis.call('HSET', KEYS[1], 'tokens', string.format('%.17g', tokens), 'tokens_at', string.format('%.0f', now))
end
if limited ~= (full and 'full' or (cap or rate) and 'free' or false) then
  if cap or rate then
    redis.call('HSET', KEYS[1], 'limited', full and 'full' or 'free')
  else
    redis.call('HDEL', KEYS[1], 'limited', 'tokens', 'tokens_at')
  end
end

-- Whoever could be woken would be refused too. The cap is lifted by the end of a job, which wakes one; the rate by time.
local spent = left and not full and tokens and tokens < 1
if left and not full and not spent then wake_one(KEYS[6]) end
local next_due = redis.call('ZRANGE', KEYS[3], 0, 0, 'WITHSCORES')
if next_due[2] then answer[1] = math.max(0, tonumber(next_due[2]) - now) end
if spent then
  -- Not for every token of a high rate: the bucket holds a second's worth, and all idle workers ask again.
  local wait = math.max(25, math.ceil((1 - tokens) * 1000 / rate))
  answer[1] = answer[1] < 0 and wait or math.min(answer[1], wait)
end
return answer
