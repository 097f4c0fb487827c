#!lua flags=allow-oom,no-writes
-- since_reaped: tell how long ago the reaper's last pass over queues was.
--
-- For each queue one after the other:
-- KEYS[1] reaped STRING unix ms of the last pass
-- RETURNS array for each queue: ms since then, negative when it is not known or the clock stepped back

local now, answer = now_ms(), {}
for i = 0, #KEYS - 1 do
  local last = tonumber(redis.call('GET', KEYS[i + 1]) or '')
  answer[#answer + 1] = last and now - last or -1
end
return answer
