#!lua flags=allow-oom
-- live_workers: list the workers with a recent sign of life and forget the others.
--
-- KEYS[1] worker_seen ZSET worker id -> unix ms
-- KEYS[2] worker_info HASH worker id -> JSON
-- KEYS[3] worker_jobs HASH worker id -> JSON of the jobs it runs
-- KEYS[4] worker_orders HASH worker id -> the state it is to be in
-- ARGV[1] silence after which a worker counts as gone, ms
-- RETURNS array triples: JSON, unix ms of the last sign of life as text, the state that was asked for or ''

local now, answer = now_ms(), {}
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], '-inf', now - tonumber(ARGV[1]), 'BYSCORE')) do
  redis.call('ZREM', KEYS[1], id)
  for _, key in ipairs({ KEYS[2], KEYS[3], KEYS[4] }) do redis.call('HDEL', key, id) end
end
local seen = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
for i = 1, #seen, 2 do
  answer[#answer + 1] = redis.call('HGET', KEYS[2], seen[i]) or '{}'
  answer[#answer + 1] = seen[i + 1]
  answer[#answer + 1] = redis.call('HGET', KEYS[4], seen[i]) or ''
end
return answer
