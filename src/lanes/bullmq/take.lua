--[[
  Takes (dequeues) the next jobs, of one lane or of several lanes in one call.

  A taken job is in the list `active` of its lane until it is finished; a pending job is in the list `wait`. The oldest job
  is at the right end of each list. If `active` has unfinished jobs of a former owner, only these are taken, so that no
  newer command overtakes them. Blocked jobs are in `active` too, but are skipped: the owner has already taken them, and
  retries them until another transaction has released the rows that they need.

  The limit (ARGV 1) is divided equally among the lanes that have jobs. Shorter lanes are served first, so that the longer
  ones can use what the shorter ones leave. If more lanes have jobs than the limit allows jobs, lanes are served in the
  order of the arguments. The script stops reading once it has read every list that exists.

  KEYS, on a Redis Cluster, where a call is for one lane (a single server needs none):
    <start>wait, <start>active, <start>meta, and <start>never, which is never written (keys.ts)
  ARGV
    1  the limit: the maximum number of jobs, over all lanes
    2  the time, in ms since 1970
    then for each lane:
      start  the prefix of the lane's keys
      count  the number of its blocked jobs, followed by their ids

  Reads    <start>active, <start>wait
           <start>meta, the field paused: if it exists, no pending jobs are taken
           <start><id>, the fields name and data; an id without them is removed from `active`
  Writes   <start>wait and <start>active: moves ids from the one to the other
           <start><id>, the field processedOn
  Returns  for each job that is taken: the position of its lane among the arguments (from 1), id, name, data

  Corresponds to moveToActive-11.lua of BullMQ 6.7.0 (with prepareJobForProcessing), called once for each job with the token 0,
  for which BullMQ takes no lock. It does not count the starts (the field ats), does not write the event `active`, does not
  promote delayed jobs, and does not support priorities and rate limits, because no job of a lane has any of these. BullMQ
  itself gives a job in `active` to another worker only after the job has stalled.
]]
local left, now = tonumber(ARGV[1]), ARGV[2]
local all, lists, position = {}, {}, 3
while position < #ARGV do
  local start, count, blocked = ARGV[position], tonumber(ARGV[position + 1]), {}
  for index = position + 2, position + 1 + count do blocked[ARGV[index]] = true end
  position = position + 2 + count
  all[#all + 1] = { start = start, blocked = blocked }
  lists[#lists + 1] = start .. 'active'
  lists[#lists + 1] = start .. 'wait'
end
-- The number of lists that exist and were not read yet.
local unseen = redis.call('EXISTS', unpack(lists))
local lanes = {}
for number, lane in ipairs(all) do
  if unseen == 0 then break end
  local active = redis.call('LRANGE', lane.start .. 'active', 0, -1)
  if #active > 0 then unseen = unseen - 1 end
  local waiting = redis.call('LLEN', lane.start .. 'wait')
  if waiting > 0 then unseen = unseen - 1 end
  -- Unfinished jobs of a former owner, oldest first.
  lane.number, lane.unfinished = number, {}
  for index = #active, 1, -1 do
    if not lane.blocked[active[index]] then lane.unfinished[#lane.unfinished + 1] = active[index] end
  end
  if #lane.unfinished > 0 then
    lane.length = #lane.unfinished
  elseif waiting > 0 and redis.call('HEXISTS', lane.start .. 'meta', 'paused') == 0 then
    lane.length = waiting
  else
    lane.length = 0
  end
  if lane.length > 0 then lanes[#lanes + 1] = lane end
end
if #lanes <= left then
  table.sort(lanes, function(one, other)
    if one.length ~= other.length then return one.length < other.length end
    return one.number < other.number
  end)
end
local taken = {}
for position, lane in ipairs(lanes) do
  if left == 0 then break end
  local wait, active = lane.start .. 'wait', lane.start .. 'active'
  local count = math.min(lane.length, math.ceil(left / (#lanes - position + 1)))
  left = left - count
  local ids = {}
  for index = 1, count do
    ids[index] = lane.unfinished[index] or redis.call('RPOPLPUSH', wait, active)
  end
  for _, id in ipairs(ids) do
    local job = redis.call('HMGET', lane.start .. id, 'name', 'data')
    if job[1] then
      redis.call('HSET', lane.start .. id, 'processedOn', now)
      taken[#taken + 1] = lane.number
      taken[#taken + 1] = id
      taken[#taken + 1] = job[1]
      taken[#taken + 1] = job[2]
    else
      redis.call('LREM', active, 0, id)
    end
  end
end
return taken
