#!lua flags=allow-oom
-- announce: note a sign of life of a worker, or its leaving, and tell it the state that an operator asked for.
--
-- KEYS[1] worker_seen ZSET worker id -> unix ms
-- KEYS[2] worker_info HASH worker id -> JSON
-- KEYS[3] worker_jobs HASH worker id -> JSON of the jobs it runs
-- KEYS[4] worker_orders HASH worker id -> the state it is to be in
-- ARGV[1] worker id
-- ARGV[2] JSON that describes it; '' when it leaves
-- ARGV[3] JSON of the jobs it runs
-- RETURNS string the state that was asked for; '' when none was

if ARGV[2] == '' then
  redis.call('ZREM', KEYS[1], ARGV[1])
  for _, key in ipairs({ KEYS[2], KEYS[3], KEYS[4] }) do redis.call('HDEL', key, ARGV[1]) end
  return ''
end
redis.call('ZADD', KEYS[1], now_ms(), ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
redis.call('HSET', KEYS[3], ARGV[1], ARGV[3])
return redis.call('HGET', KEYS[4], ARGV[1]) or ''
