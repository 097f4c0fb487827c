#!lua flags=allow-oom
-- settle: end leases and index what follows them. After an outcome that PostgreSQL recorded, after a reaper's raise, and
-- for a hand-back of what never began.
--
-- KEYS[1] epoch HASH number, run_id, opened_at, rebuilt; under limits also limited, tokens
-- KEYS[2] ready ZSET entry -> score
-- KEYS[3] due ZSET entry -> unix ms
-- KEYS[4] leases ZSET entry -> expiry, unix ms
-- KEYS[5] lease HASH entry -> flags and holder
-- KEYS[6] wake LIST at most one mark
-- KEYS[7] stats HASH accepted, finished, failed
-- KEYS[8] parked SET entries in due that could run, but not here and now
-- ARGV[1] number of the epoch, seen before the row was written
-- ARGV[2] head start of one priority step, ms
-- ARGV[3] how many of them ended their job
-- ARGV[4] how many of them failed
-- ARGV[5] parked 1 when what goes back to due is runnable, 0 when its row has a time
-- ARGV[6...] fours: entry, its holder, the entry that follows or '', that one's time in unix ms, negative where it has come
-- RETURNS FENCED another epoch holds
-- RETURNS integer how many leases were ended

local holds, _, limited = epoch_holds(KEYS[1], ARGV[1])
if not holds then return 'FENCED' end
local now, head_start, entries, ended = now_ms(), tonumber(ARGV[2]), {}, {}
for i = 6, #ARGV, 4 do entries[#entries + 1] = ARGV[i] end
local values, held = read_in_parts('HMGET', KEYS[5], entries), {}
for i = 1, #entries do
  held[i] = values[i] and string.sub(values[i], 3) == ARGV[4 * i + 3]
  if held[i] then ended[#ended + 1] = entries[i] end
end
call_in_parts('ZREM', KEYS[4], ended)
call_in_parts('HDEL', KEYS[5], ended)
local followers, times, ready, due, parked, unbegun = {}, {}, {}, {}, {}, 0
for i = 1, #entries do
  local follower, time = ARGV[4 * i + 4], tonumber(ARGV[4 * i + 5])
  -- The same entry goes back only by the claim that holds it: a repeated hand-back must not move a later claim's.
  if follower ~= '' and (held[i] or follower ~= entries[i]) then
    -- Its row's time is ahead though Redis' clock is past it: not at once again, or it would go round in circles.
    if follower == entries[i] and time >= 0 and time <= now then time = now + 100 end
    followers[#followers + 1], times[#times + 1] = follower, time
    if follower == entries[i] then unbegun = unbegun + 1 end
  end
end
local indexed = are_indexed(KEYS[2], KEYS[3], KEYS[4], followers)
for i, follower in ipairs(followers) do
  if not indexed[i] then
    put(ready, due, follower, times[i], now, head_start)
    if ARGV[5] == '1' and times[i] > now then parked[#parked + 1] = follower end
  end
end
call_in_parts('ZADD', KEYS[2], ready)
call_in_parts('ZADD', KEYS[3], due)
call_in_parts('SADD', KEYS[8], parked)
if #ready + #due > 0 or (limited == 'full' and #ended > 0) then wake_one(KEYS[6]) end
-- What never began has not been started: its token goes back. The next claim cuts what is more than a full bucket.
if limited and unbegun > 0 then redis.call('HINCRBYFLOAT', KEYS[1], 'tokens', unbegun) end
if ARGV[3] ~= '0' then redis.call('HINCRBY', KEYS[7], 'finished', ARGV[3]) end
if ARGV[4] ~= '0' then redis.call('HINCRBY', KEYS[7], 'failed', ARGV[4]) end
return #ended
