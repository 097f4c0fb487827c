#!lua flags=allow-oom,no-writes
-- held: list what workers hold, in no order.
--
-- KEYS[1] epoch HASH number, run_id, opened_at, rebuilt
-- KEYS[2] leases ZSET entry -> expiry, unix ms
-- ARGV[1] how many at most
-- RETURNS array entries; none when no epoch holds

if redis.call('HGET', KEYS[1], 'run_id') ~= server_run_id() then return {} end
return redis.call('ZRANGE', KEYS[2], 0, tonumber(ARGV[1]) - 1)
