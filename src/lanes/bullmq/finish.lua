--[[
  Finishes the jobs of a batch, of one lane or of several lanes in one call, and deletes old finished jobs. A second call with
  the same jobs changes nothing.

  The jobs of a batch are at the left end of `active`, the last one first, left of all blocked jobs. So they are removed from
  the left, beginning with the last one.

  KEYS, on a Redis Cluster, where a call is for one lane (a single server needs none):
    <start>active, <start>completed, <start>failed, and <start>never, which is never written (keys.ts)
  ARGV
    1  the time, in ms since 1970
    2  jobs that finished at this time or before are deleted
    3  how many finished jobs of each set are kept
    4  the number of different values (results and failure reasons), followed by the values
    then for each lane:
      start  the prefix of the lane's keys
      count  the number of its jobs, followed by each job as
        id, set (completed or failed), field (returnvalue or failedReason), position of its value (from 1)

  Reads    <start><id>, whether it exists
           <start>completed, <start>failed: the jobs to delete, at most 1000 of each
  Writes   <start>active: the ids are removed
           <start><id>, the fields finishedOn, atm (1) and returnvalue or failedReason; old finished jobs are deleted
           <start>completed or <start>failed, a sorted set of ids by the time when they finished
  Returns  0

  Corresponds to moveToFinished-14.lua of BullMQ 6.7.0 (with removeJobsByMaxAge, removeJobsByMaxCount), called once for each job
  with the token 0, for which BullMQ requires no lock, and without fetching the next job. It does not write the events
  `completed`, `failed` and `drained`, the metrics and the field stacktrace, sets the attempts to 1 instead of counting them, and
  does not support parents and deduplication. A job that is not in `active` is finished too.
]]
local now, values = ARGV[1], 4
local position = values + 1 + tonumber(ARGV[values])
while position < #ARGV do
  local start, sets = ARGV[position], {}
  local last = position + 1 + 4 * tonumber(ARGV[position + 1])
  for job = last - 3, position + 2, -4 do
    local id, set = ARGV[job], start .. ARGV[job + 1]
    redis.call('LREM', start .. 'active', 1, id)
    if redis.call('EXISTS', start .. id) == 1 then
      redis.call('HSET', start .. id, 'finishedOn', now, 'atm', 1, ARGV[job + 2],
        ARGV[values + ARGV[job + 3]])
      redis.call('ZADD', set, now, id)
      sets[set] = true
    end
  end
  position = last + 1
  for finished in pairs(sets) do
    local drop = redis.call('ZRANGEBYSCORE', finished, '-inf', ARGV[2], 'LIMIT', 0, 1000)
    local surplus = redis.call('ZCARD', finished) - #drop - tonumber(ARGV[3])
    if surplus > 0 then
      drop = redis.call('ZRANGE', finished, 0, #drop + math.min(surplus, 1000) - 1)
    end
    for _, id in ipairs(drop) do
      redis.call('ZREM', finished, id)
      redis.call('DEL', start .. id)
    end
  end
end
return 0
