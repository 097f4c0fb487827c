#!lua flags=allow-oom
-- announce: note a sign of life of a worker, or its leaving.
--
-- KEYS[1] worker_seen ZSET worker id -> unix ms
-- KEYS[2] worker_info HASH worker id -> JSON
-- ARGV[1] worker id
-- ARGV[2] JSON that describes it; '' when it leaves
-- RETURNS 1 noted

if ARGV[2] == '' then
  redis.call('ZREM', KEYS[1], ARGV[1])
  redis.call('HDEL', KEYS[2], ARGV[1])
else
  redis.call('ZADD', KEYS[1], now_ms(), ARGV[1])
  redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
end
return 1
