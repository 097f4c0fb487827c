#!lua flags=allow-oom
-- epoch_open: empty the queue's index and open it under a new number.
--
-- KEYS[1] epoch HASH number, run_id, opened_at, rebuilt
-- KEYS[2] ready ZSET entry -> score
-- KEYS[3] due ZSET entry -> unix ms
-- KEYS[4] leases ZSET entry -> expiry, unix ms
-- KEYS[5] lease HASH entry -> flags and holder
-- KEYS[6] wake LIST at most one mark
-- KEYS[7] reaped STRING unix ms of the reaper's last pass
-- KEYS[8] parked SET entries in due that could run, but not here and now
-- ARGV[1] number of the new epoch
-- RETURNS 1 opened
-- RETURNS 0 an index of this server holds already: a second opener must not empty what the first one's users have put

local e = redis.call('HMGET', KEYS[1], 'number', 'run_id')
local run_id = server_run_id()
if e[1] and e[2] == run_id then return 0 end
redis.call('UNLINK', KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7], KEYS[8])
redis.call('HSET', KEYS[1], 'number', ARGV[1], 'run_id', run_id, 'opened_at', string.format('%.0f', now_ms()), 'rebuilt', '0')
return 1
