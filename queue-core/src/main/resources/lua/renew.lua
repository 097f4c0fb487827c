#!lua flags=allow-oom
-- renew: prolong the leases that a worker still holds.
--
-- KEYS[1] epoch HASH number, run_id, opened_at, rebuilt
-- KEYS[2] leases ZSET entry -> expiry, unix ms
-- KEYS[3] lease HASH entry -> flags (begun, cancel requested) and holder
-- ARGV[1] number of the epoch under which they were claimed or registered
-- ARGV[2] lease, ms
-- ARGV[3...] pairs: entry, its holder
-- RETURNS FENCED another epoch holds: register under it
-- RETURNS array for each pair 0 lost, 1 renewed, 2 renewed and a cancel is requested

if not epoch_holds(KEYS[1], ARGV[1]) then return 'FENCED' end
local expiry, answer = now_ms() + tonumber(ARGV[2]), {}
for i = 3, #ARGV, 2 do
  local value = redis.call('HGET', KEYS[3], ARGV[i])
  if value and string.sub(value, 3) == ARGV[i + 1] then
    redis.call('ZADD', KEYS[2], expiry, ARGV[i])
    answer[#answer + 1] = string.sub(value, 2, 2) == '1' and 2 or 1
  else
    answer[#answer + 1] = 0
  end
end
return answer
