#!lua flags=allow-oom
-- epoch_read: tell the numbers of queues' epochs, if they are of this server, and what claims are told of each queue.
--
-- For each queue one after the other:
-- KEYS[1] epoch HASH number, run_id, opened_at, rebuilt
-- KEYS[2] settings HASH paused, concurrency_limit, rate_limit
-- RETURNS array for each queue: number (-1 when none holds), rebuilt 0 or 1, ms since it was opened, array of the three
-- settings as text

local run_id, now, answer = server_run_id(), now_ms(), {}
for i = 0, #KEYS - 1, 2 do
  local e = redis.call('HMGET', KEYS[i + 1], 'number', 'run_id', 'rebuilt', 'opened_at')
  local settings = redis.call('HMGET', KEYS[i + 2], 'paused', 'concurrency_limit', 'rate_limit')
  for j = 1, 3 do settings[j] = settings[j] or '' end
  if not e[1] or e[2] ~= run_id then
    answer[#answer + 1] = { -1, 0, 0, settings }
  else
    answer[#answer + 1] = { tonumber(e[1]), e[3] == '1' and 1 or 0, now - tonumber(e[4]), settings }
  end
end
return answer
