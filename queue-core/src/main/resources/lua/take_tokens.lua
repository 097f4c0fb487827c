#!lua
-- take_tokens: take up to n tokens from a bucket that fills evenly; one that is not known is full.
--
-- KEYS[1] bucket HASH tokens, at (unix ms); forgotten when it would be full again
-- ARGV[1] how many it holds
-- ARGV[2] how long it takes to fill, ms
-- ARGV[3] how many are wanted
-- RETURNS array how many were taken, ms until there is another one (0 when some were taken)

local size, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local now, bucket = now_ms(), redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = size
if bucket[2] then
  tokens = math.min(size, tonumber(bucket[1]) + math.max(0, now - tonumber(bucket[2])) * size / window)
end
local taken = math.min(math.floor(tokens), tonumber(ARGV[3]))
tokens = tokens - taken
redis.call('HSET', KEYS[1], 'tokens', string.format('%.17g', tokens), 'at', string.format('%.0f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil(window))
return { taken, taken > 0 and 0 or math.max(1, math.ceil((1 - tokens) * window / size)) }
