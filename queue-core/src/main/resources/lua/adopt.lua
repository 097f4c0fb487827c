#!lua flags=allow-oom
-- adopt: put entries that are absent from the index among the leases, expired and nobody's, for the reaper.
--
-- KEYS[1] epoch HASH number, run_id, opened_at, rebuilt
-- KEYS[2] ready ZSET entry -> score
-- KEYS[3] due ZSET entry -> unix ms
-- KEYS[4] leases ZSET entry -> expiry, unix ms; 0 for what is put here
-- KEYS[5] lease HASH entry -> flags and holder
-- ARGV[1] number of the epoch, seen before the rows were read
-- ARGV[2] rebuild 1 for the rebuilder, 0 for others, which rest until the index is rebuilt
-- ARGV[3...] entries
-- RETURNS FENCED another epoch holds
-- RETURNS RESTING the index is not rebuilt yet
-- RETURNS integer how many were absent

local holds, rebuilt = epoch_holds(KEYS[1], ARGV[1])
if not holds then return 'FENCED' end
if not rebuilt and ARGV[2] ~= '1' then return 'RESTING' end
local entries, expiries, values = {}, {}, {}
for i = 3, #ARGV do entries[#entries + 1] = ARGV[i] end
local indexed = are_indexed(KEYS[2], KEYS[3], KEYS[4], entries)
for i, entry in ipairs(entries) do
  if not indexed[i] then
    expiries[#expiries + 1] = 0
    expiries[#expiries + 1] = entry
    values[#values + 1] = entry
    values[#values + 1] = '00-'
  end
end
call_in_parts('ZADD', KEYS[4], expiries)
call_in_parts('HSET', KEYS[5], values)
return #expiries / 2
