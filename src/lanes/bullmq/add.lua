--[[
  Adds jobs to one lane, or to several lanes in one call.

  KEYS, on a Redis Cluster, where a call is for one lane (a single server needs none):
    <start>wait, <start>meta, <start>marker, and <start>never, which is never written (keys.ts)
  ARGV
    1  the time, in ms since 1970
    then for each lane:
      start  the prefix of the lane's keys
      count  the number of its jobs, followed by each job as
        id, name, data (JSON)

  Reads    <start><id>, whether it exists: an existing job is not changed, whatever its state
           <start>meta, the field paused: if it exists, the lane gets no mark
  Writes   <start><id>, a hash: name, data, opts, timestamp, delay, priority
           <start>wait, a list: new ids at its left end, in their order
           <start>marker, a sorted set: the mark for which an idle consumer waits
  Returns  the places of the jobs that existed, counted over all lanes from 0

  Corresponds to addStandardJob-9.lua of BullMQ 6.7.0 (with storeJob, addJobInTargetList, addBaseMarkerIfNeeded), for jobs with
  a given id and without parent, delay, priority or deduplication. It does not raise the counter `id`, does not write
  the events `added`, `waiting` and `duplicated`, and does not know a global concurrency (the field concurrency of meta).
]]
local now, position = ARGV[1], 2
local existing, place = {}, 0
while position < #ARGV do
  local start = ARGV[position]
  local last = position + 1 + 3 * tonumber(ARGV[position + 1])
  local added = false
  for job = position + 2, last, 3 do
    local id = ARGV[job]
    if redis.call('EXISTS', start .. id) == 0 then
      redis.call('HSET', start .. id, 'name', ARGV[job + 1], 'data', ARGV[job + 2],
        'opts', '{"attempts":0}', 'timestamp', now, 'delay', 0, 'priority', 0)
      redis.call('LPUSH', start .. 'wait', id)
      added = true
    else
      existing[#existing + 1] = place
    end
    place = place + 1
  end
  if added and redis.call('HEXISTS', start .. 'meta', 'paused') == 0 then
    redis.call('ZADD', start .. 'marker', 0, '0')
  end
  position = last + 1
end
return existing
