#!lua flags=allow-oom,no-writes
-- overdue: list leases that ran out and that no caretaker has taken up.
--
-- KEYS[1] epoch HASH number, run_id, opened_at, rebuilt
-- KEYS[2] leases ZSET entry -> expiry, unix ms; 0 for what a caretaker put there
-- KEYS[3] lease HASH entry -> flags (begun, cancel requested) and holder
-- ARGV[1] number of the epoch, seen before
-- ARGV[2] how many at most
-- RETURNS FENCED another epoch holds
-- RETURNS array pairs: entry, flags and holder

if not epoch_holds(KEYS[1], ARGV[1]) then return 'FENCED' end
local expired = redis.call('ZRANGE', KEYS[2], '(0', now_ms(), 'BYSCORE', 'LIMIT', 0, ARGV[2])
local values, answer = read_in_parts('HMGET', KEYS[3], expired), {}
for i, entry in ipairs(expired) do
  answer[#answer + 1] = entry
  answer[#answer + 1] = values[i] or '00-'
end
return answer
