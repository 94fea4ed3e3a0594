--[[
  Takes the next jobs of lanes, for one lane or for several in one call.

  What a former owner took and did not finish stands in `active`, oldest at the right end. It goes first, so that no command
  overtakes it; only then jobs that wait. Blocked jobs stand in `active` too, and are skipped: the owner has taken them and
  keeps them until the rows that they need are free.

  The lanes share what may be taken: the short ones first, so that unused capacity goes to the longer ones. Where more lanes
  have jobs than may be taken, the order of the arguments decides. Once all lanes that have any jobs are found, the others are
  not looked at.

  KEYS, on a Redis Cluster, where a call is for one lane (a single server needs none):
    <start>wait, <start>active, <start>meta, and <start>never, which is never written (keys.ts)
  ARGV
    1  how many jobs at most, over all lanes
    2  the time, in ms since 1970
    then for each lane:
      start  what the keys of the lane begin with
      count  how many of its jobs are blocked, followed by their ids

  Reads    <start>active, <start>wait
           <start>meta, the field paused: a paused lane gives nothing that waits
           <start><id>, the fields name and data; an id without them is dropped
  Writes   <start>wait to <start>active, one id at a time
           <start><id>, the field processedOn
  Returns  for each job that is taken: the lane's place among the arguments (from 1), id, name, data

  Corresponds to moveToActive-11.lua of BullMQ 6.7.0 (with prepareJobForProcessing), called once for each job with the token 0,
  for which BullMQ takes no lock. It does not count the starts (the field ats), does not write the event `active`, does not
  promote delayed jobs, and knows no priorities and no rate limit, because no job of a lane has any of these. BullMQ itself
  gives jobs in `active` to nobody before they stall.
]]
local left, now = tonumber(ARGV[1]), ARGV[2]
local all, lists, place = {}, {}, 3
while place < #ARGV do
  local start, count, blocked = ARGV[place], tonumber(ARGV[place + 1]), {}
  for index = place + 2, place + 1 + count do blocked[ARGV[index]] = true end
  place = place + 2 + count
  all[#all + 1] = { start = start, blocked = blocked }
  lists[#lists + 1] = start .. 'active'
  lists[#lists + 1] = start .. 'wait'
end
local unseen = redis.call('EXISTS', unpack(lists))
local lanes = {}
for number, lane in ipairs(all) do
  if unseen == 0 then break end
  local active = redis.call('LRANGE', lane.start .. 'active', 0, -1)
  if #active > 0 then unseen = unseen - 1 end
  local waiting = redis.call('LLEN', lane.start .. 'wait')
  if waiting > 0 then unseen = unseen - 1 end
  lane.number, lane.held = number, {}
  for index = #active, 1, -1 do
    if not lane.blocked[active[index]] then lane.held[#lane.held + 1] = active[index] end
  end
  if #lane.held > 0 then
    lane.length = #lane.held
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
for place, lane in ipairs(lanes) do
  if left == 0 then break end
  local wait, active = lane.start .. 'wait', lane.start .. 'active'
  local count = math.min(lane.length, math.ceil(left / (#lanes - place + 1)))
  left = left - count
  local ids = {}
  for index = 1, count do
    ids[index] = lane.held[index] or redis.call('RPOPLPUSH', wait, active)
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
