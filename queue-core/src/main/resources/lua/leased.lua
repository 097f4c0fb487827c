#!lua flags=allow-oom,no-writes
-- leased: tell who holds an entry.
--
-- KEYS[1] epoch HASH number, run_id, opened_at, rebuilt
-- KEYS[2] lease HASH entry -> flags and holder
-- ARGV[1] entry
-- RETURNS string flags and holder; empty when nobody holds it or no epoch holds

local run_id = redis.call('HGET', KEYS[1], 'run_id')
if run_id ~= server_run_id() then return '' end
return redis.call('HGET', KEYS[2], ARGV[1]) or ''
