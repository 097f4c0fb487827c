#!lua flags=allow-oom,no-writes
-- held: list what workers hold, a page at a time and in no order. What is held all the while is listed.
--
-- KEYS[1] epoch HASH number, run_id, opened_at, rebuilt
-- KEYS[2] leases ZSET entry -> expiry, unix ms
-- ARGV[1] cursor 0 at first, then what the last page said
-- ARGV[2] size of a page, about
-- RETURNS array the next cursor (0: there is no more), then entries; none when no epoch holds

if redis.call('HGET', KEYS[1], 'run_id') ~= server_run_id() then return { '0' } end
local page = redis.call('ZSCAN', KEYS[2], ARGV[1], 'COUNT', ARGV[2])
local answer = { page[1] }
for i = 1, #page[2], 2 do answer[#answer + 1] = page[2][i] end
return answer
