#!lua flags=allow-oom
-- steer: ask a live worker to be in a state; it hears of it with its next sign of life.
--
-- KEYS[1] worker_seen ZSET worker id -> unix ms
-- KEYS[2] worker_orders HASH worker id -> the state it is to be in
-- ARGV[1] worker id
-- ARGV[2] the state
-- ARGV[3] silence after which a worker counts as gone, ms
-- RETURNS GONE there is no such live worker
-- RETURNS STOPPING it was asked to stop, which cannot be taken back
-- RETURNS 1 noted

local seen = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not seen or tonumber(seen) <= now_ms() - tonumber(ARGV[3]) then return 'GONE' end
if redis.call('HGET', KEYS[2], ARGV[1]) == 'stopping' and ARGV[2] ~= 'stopping' then return 'STOPPING' end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
return 1
