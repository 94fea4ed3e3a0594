--[[
  Reserves room for jobs that are about to be added to a queue of BullMQ's own, group by group: a group has so many pending
  jobs at most. A set of each group holds the ids of its pending jobs, so that an id that comes again is not counted twice.
  Where a set is full, its oldest ids are looked at: their jobs may have been deleted by hand.

  KEYS
    1  <start>never, which is never written (keys.ts)
    then for each job: the set of its group, and the job <start><id>
  ARGV
    1  how many jobs of a group may be pending
    2  how many of the oldest ids are looked at
    3  an id that was reserved so many seconds ago has been added, or never will be
    then the id of each job

  Reads    <start><id>: whether it is there, and the fields data and finishedOn
           TIME
  Writes   the sets, sorted by the time of the reservation in s since 1970
  Returns  for each job: 1 where it is to be added, 0 where there is no room, 2 where it was added already

  Corresponds to no script of BullMQ. It relies on that BullMQ 6.7.0 keeps a job as a hash <start><id>, and sets finishedOn when it
  has completed or failed for good.
]]
local max, looked, added = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local now = tonumber(redis.call('TIME')[1])
local answers, cleaned = {}, {}
local function clean(set, start)
  if cleaned[set] then return end
  cleaned[set] = true
  local old = redis.call('ZRANGEBYSCORE', set, '-inf', now - added, 'LIMIT', 0, looked)
  for _, id in ipairs(old) do
    local job = redis.call('HMGET', start .. id, 'data', 'finishedOn')
    if not job[1] or job[2] then redis.call('ZREM', set, id) end
  end
end
for index = 4, #ARGV do
  local set, job, id = KEYS[2 * index - 6], KEYS[2 * index - 5], ARGV[index]
  if redis.call('EXISTS', job) == 1 then
    answers[#answers + 1] = 2
  elseif redis.call('ZSCORE', set, id) then
    answers[#answers + 1] = 1
  else
    if redis.call('ZCARD', set) >= max then clean(set, string.sub(job, 1, #job - #id)) end
    local hasRoom = redis.call('ZCARD', set) < max
    if hasRoom then redis.call('ZADD', set, now, id) end
    answers[#answers + 1] = hasRoom and 1 or 0
  end
end
return answers
