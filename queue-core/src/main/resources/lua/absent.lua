#!lua flags=allow-oom,no-writes
-- absent: tell which entries are not in the index.
--
-- KEYS[1] epoch HASH number, run_id, opened_at, rebuilt
-- KEYS[2] ready ZSET entry -> score
-- KEYS[3] due ZSET entry -> unix ms
-- KEYS[4] leases ZSET entry -> expiry, unix ms
-- ARGV[1] number of the epoch, seen before
-- ARGV[2...] entries
-- RETURNS FENCED another epoch holds
-- RETURNS array for each entry 1 absent, 0 indexed

if not epoch_holds(KEYS[1], ARGV[1]) then return 'FENCED' end
local entries, answer = {}, {}
for i = 2, #ARGV do entries[#entries + 1] = ARGV[i] end
local indexed = are_indexed(KEYS[2], KEYS[3], KEYS[4], entries)
for i = 1, #entries do answer[i] = indexed[i] and 0 or 1 end
return answer
