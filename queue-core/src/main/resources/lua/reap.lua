#!lua flags=allow-oom
-- reap: take the leases that ran out, and those that nobody held, away from their holders and list them.
--
-- After a gap between two passes (an outage, a clock that stepped) no holder is judged: each live lease gets a whole
-- lease more, since its worker could not renew it either.
--
-- KEYS[1] epoch HASH number, run_id, opened_at, rebuilt
-- KEYS[2] leases ZSET entry -> expiry, unix ms; 0 for what a caretaker put there
-- KEYS[3] lease HASH entry -> flags (begun, cancel requested) and holder
-- KEYS[4] reaped STRING unix ms of the last pass
-- ARGV[1] number of the epoch, seen before
-- ARGV[2] lease, ms
-- ARGV[3] how many at most
-- ARGV[4] longest gap between two passes, ms
-- RETURNS FENCED another epoch holds
-- RETURNS RESTING the index is not rebuilt yet
-- RETURNS array pairs: entry, flags and new holder (a '-' before the old one)

local holds, rebuilt = epoch_holds(KEYS[1], ARGV[1])
if not holds then return 'FENCED' end
if not rebuilt then return 'RESTING' end
local now, lease = now_ms(), tonumber(ARGV[2])
local last = tonumber(redis.call('GET', KEYS[4]) or '0')
redis.call('SET', KEYS[4], string.format('%.0f', now))
local horizon = now
if now < last or now - last > tonumber(ARGV[4]) then
  local live = redis.call('ZRANGE', KEYS[2], '(0', '+inf', 'BYSCORE')
  for _, entry in ipairs(live) do redis.call('ZADD', KEYS[2], now + lease, entry) end
  horizon = 0
end

local expired = redis.call('ZRANGE', KEYS[2], '-inf', horizon, 'BYSCORE', 'LIMIT', 0, ARGV[3])
local values, expiries, answer = read_in_parts('HMGET', KEYS[3], expired), {}, {}
for i, entry in ipairs(expired) do
  local value = values[i] or '00-'
  if string.sub(value, 3) == '-held' then
    value = string.sub(value, 1, 2) .. '-'
  elseif string.sub(value, 3, 3) ~= '-' then
    value = string.sub(value, 1, 2) .. '-' .. string.sub(value, 3)
  end
  expiries[#expiries + 1] = now + lease
  expiries[#expiries + 1] = entry
  answer[#answer + 1] = entry
  answer[#answer + 1] = value
end
call_in_parts('ZADD', KEYS[2], expiries)
call_in_parts('HSET', KEYS[3], answer)
return answer
