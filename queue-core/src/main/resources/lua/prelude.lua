-- Put before every script by the loader: the clock, the epoch check and the two small steps that several scripts share.

local function now_ms()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end

local function server_run_id()
  return string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
end

-- Whether the queue's index is the one of this number and of this server. False for a flushed, restarted, restored or
-- promoted Redis. The second result tells whether the index was rebuilt; the third is what claim notes under the limits of
-- the queue's dispatch: nothing without any, 'full' where the concurrency limit left work behind, else 'free'.
local function epoch_holds(key, number)
  local e = redis.call('HMGET', key, 'number', 'run_id', 'rebuilt', 'limited')
  return e[1] == number and e[2] == server_run_id(), e[3] == '1', e[4]
end

-- One command over many values. A call for each would cost more than what it does; a call takes some thousands at most.
local function call_in_parts(command, key, values)
  local part = 1000
  for from = 1, #values, part do
    redis.call(command, key, unpack(values, from, math.min(from + part - 1, #values)))
  end
end

-- The answers of a command that reads one for each member.
local function read_in_parts(command, key, members)
  local part, answers = 1000, {}
  for from = 1, #members, part do
    local read = redis.call(command, key, unpack(members, from, math.min(from + part - 1, #members)))
    for i = 1, #read do answers[from + i - 1] = read[i] end
  end
  return answers
end

-- One mark wakes one worker.
local function wake_one(key)
  if redis.call('LLEN', key) == 0 then redis.call('RPUSH', key, '1') end
end

-- Byte 17 of an entry is the job's priority; a higher one starts as if it had come a head start earlier.
local function ready_score(entry, time, head_start)
  return time - string.byte(entry, 17) * head_start
end

-- For each entry whether it is anywhere in the index.
local function are_indexed(ready, due, leases, entries)
  local leased, answers = read_in_parts('ZMSCORE', leases, entries), {}
  local is_ready, is_due = read_in_parts('ZMSCORE', ready, entries), read_in_parts('ZMSCORE', due, entries)
  for i = 1, #entries do answers[i] = leased[i] or is_ready[i] or is_due[i] end
  return answers
end

-- Adds an entry to what is to be put into ready, or into due when its time is ahead. A time is negative where it has come
-- by the clock that set it; then it only gives the order.
local function put(ready, due, entry, time, now, head_start)
  local target = time > now and due or ready
  target[#target + 1] = time > now and time or ready_score(entry, math.abs(time), head_start)
  target[#target + 1] = entry
end
