#!lua flags=allow-oom
-- hold: lease an entry to nobody while its row is changed. Should the change be cut off, the lease runs out and the
-- reaper goes on.
--
-- KEYS[1] epoch HASH number, run_id, opened_at, rebuilt
-- KEYS[2] ready ZSET entry -> score
-- KEYS[3] due ZSET entry -> unix ms
-- KEYS[4] leases ZSET entry -> expiry, unix ms
-- KEYS[5] lease HASH entry -> flags and holder
-- KEYS[6] parked SET entries in due that could run, but not here and now
-- ARGV[1] number of the epoch, seen before the row was read
-- ARGV[2] entry
-- ARGV[3] lease, ms
-- RETURNS FENCED another epoch holds
-- RETURNS UNKNOWN the index is not rebuilt, so somebody may hold it
-- RETURNS LEASED somebody holds it
-- RETURNS HELD it is nobody's, and nobody can claim it while the lease lasts

local holds, rebuilt = epoch_holds(KEYS[1], ARGV[1])
if not holds then return 'FENCED' end
if not rebuilt then return 'UNKNOWN' end
if redis.call('ZSCORE', KEYS[4], ARGV[2]) then return 'LEASED' end
redis.call('ZREM', KEYS[2], ARGV[2])
redis.call('ZREM', KEYS[3], ARGV[2])
redis.call('SREM', KEYS[6], ARGV[2])
redis.call('ZADD', KEYS[4], now_ms() + tonumber(ARGV[3]), ARGV[2])
-- Not '-' as the reaper says: what it has taken, a late change must not put back.
redis.call('HSET', KEYS[5], ARGV[2], '00-held')
return 'HELD'
