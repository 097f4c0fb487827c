#!lua flags=allow-oom,no-writes
-- holders: tell who holds these entries.
--
-- KEYS[1] epoch HASH number, run_id, opened_at, rebuilt
-- KEYS[2] lease HASH entry -> flags and holder
-- ARGV[1...] entries
-- RETURNS array for each, flags and holder; empty when nobody holds it or no epoch holds

local answers, held = {}, {}
if redis.call('HGET', KEYS[1], 'run_id') == server_run_id() then held = read_in_parts('HMGET', KEYS[2], ARGV) end
for i = 1, #ARGV do answers[i] = held[i] or '' end
return answers
