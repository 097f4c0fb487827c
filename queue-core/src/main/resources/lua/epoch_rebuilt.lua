#!lua flags=allow-oom
-- epoch_rebuilt: set the mark that ends the caretakers' rest.
--
-- KEYS[1] epoch HASH number, run_id, opened_at, rebuilt
-- KEYS[2] wake LIST at most one mark
-- ARGV[1] number of the epoch that was rebuilt
-- RETURNS FENCED the epoch is another one by now
-- RETURNS 1 set

if not epoch_holds(KEYS[1], ARGV[1]) then return 'FENCED' end
redis.call('HSET', KEYS[1], 'rebuilt', '1')
wake_one(KEYS[2])
return 1
