#!lua
-- push: put entries into ready or, when their time is ahead, into due; skips what is indexed already.
--
-- KEYS[1] epoch HASH number, run_id, opened_at, rebuilt
-- KEYS[2] ready ZSET entry -> score
-- KEYS[3] due ZSET entry -> unix ms
-- KEYS[4] leases ZSET entry -> expiry, unix ms
-- KEYS[5] wake LIST at most one mark
-- KEYS[6] stats HASH accepted, finished, failed
-- ARGV[1] number of the epoch, seen before the rows were written or read
-- ARGV[2] head start of one priority step, ms
-- ARGV[3] origin: accept, caretaker (rests until the index is rebuilt) or operator
-- ARGV[4...] pairs: entry, time in unix ms, negative where it has come
-- RETURNS FENCED another epoch holds: drop the entries, never push them under a newer number
-- RETURNS RESTING a caretaker came before the index was rebuilt
-- RETURNS integer how many entries were put

local holds, rebuilt = epoch_holds(KEYS[1], ARGV[1])
if not holds then return 'FENCED' end
if ARGV[3] == 'caretaker' and not rebuilt then return 'RESTING' end
local now, head_start, entries, ready, due = now_ms(), tonumber(ARGV[2]), {}, {}, {}
for i = 4, #ARGV, 2 do entries[#entries + 1] = ARGV[i] end
local indexed = are_indexed(KEYS[2], KEYS[3], KEYS[4], entries)
for i, entry in ipairs(entries) do
  if not indexed[i] then put(ready, due, entry, tonumber(ARGV[2 * i + 3]), now, head_start) end
end
call_in_parts('ZADD', KEYS[2], ready)
call_in_parts('ZADD', KEYS[3], due)
local put_count = (#ready + #due) / 2
if put_count > 0 then wake_one(KEYS[5]) end
if ARGV[3] == 'accept' then redis.call('HINCRBY', KEYS[6], 'accepted', (#ARGV - 3) / 2) end
return put_count
