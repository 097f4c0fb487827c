#!lua flags=allow-oom
-- live_workers: list the workers with a recent sign of life and forget the others.
--
-- KEYS[1] worker_seen ZSET worker id -> unix ms
-- KEYS[2] worker_info HASH worker id -> JSON
-- ARGV[1] silence after which a worker counts as gone, ms
-- RETURNS array pairs: JSON, unix ms of the last sign of life as text

local now, answer = now_ms(), {}
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], '-inf', now - tonumber(ARGV[1]), 'BYSCORE')) do
  redis.call('ZREM', KEYS[1], id)
  redis.call('HDEL', KEYS[2], id)
end
local seen = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
for i = 1, #seen, 2 do
  answer[#answer + 1] = redis.call('HGET', KEYS[2], seen[i]) or '{}'
  answer[#answer + 1] = seen[i + 1]
end
return answer
