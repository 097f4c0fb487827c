#!lua flags=allow-oom,no-writes
-- survey: list the entries of the index, a page at a time and in no order. What is there all the while is listed.
--
-- KEYS[1] epoch HASH number, run_id, opened_at, rebuilt
-- KEYS[2] ready ZSET entry -> score
-- KEYS[3] due ZSET entry -> unix ms
-- KEYS[4] leases ZSET entry -> expiry, unix ms
-- ARGV[1] number of the epoch, seen before
-- ARGV[2] place 0 for ready, 1 for due, 2 for leases
-- ARGV[3] cursor 0 at first, then what the last page said
-- ARGV[4] size of a page, about
-- RETURNS FENCED another epoch holds
-- RETURNS array the next cursor (0: there is no more), then entries

if not epoch_holds(KEYS[1], ARGV[1]) then return 'FENCED' end
local places = { ['0'] = KEYS[2], ['1'] = KEYS[3], ['2'] = KEYS[4] }
local page = redis.call('ZSCAN', places[ARGV[2]], ARGV[3], 'COUNT', ARGV[4])
local answer = { page[1] }
for i = 1, #page[2], 2 do answer[#answer + 1] = page[2][i] end
return answer
