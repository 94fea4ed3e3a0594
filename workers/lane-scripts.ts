/**
 * The scripts by which jobs are taken out of BullMQ's keys and finished there: the lists `wait` and `active`, the sets
 * `completed` and `failed`, the job's hash. On a Redis Cluster they are called for one lane at a time.
 */
import type { RedisConnection } from '../src/lanes/redis.ts';

/**
 * ARGV: how many jobs at most, the time, then for each lane what its keys begin with, how many of its jobs are blocked, and
 * their ids. The owner has taken blocked jobs and keeps them until the rows that they need are free.
 *
 * What a former owner took and did not finish stands in `active`, oldest at the right end. It goes first, so that no
 * command overtakes it; only then commands that are pending. Blocked jobs stand in `active` too, and are skipped. A queue
 * that an operator has paused gives none.
 *
 * The lanes share what may be taken: the short ones first, so that unused capacity goes to the longer ones. Where more
 * lanes have jobs than may be taken, the order of the arguments decides. Once all lanes that have any jobs are
 * found, the others are not looked at.
 */
const TAKE = `
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
return taken`;

/**
 * ARGV: the time, the oldest time and the number to keep, the number of different values and these, then for each lane what its
 * keys begin with and its number of jobs, each as id, set (`completed` or `failed`), field, place of its value.
 *
 * The jobs of a batch stand at the left end of `active`, the last one first, in front of all blocked ones: so they are
 * removed from there, in that order.
 */
const FINISH = `
local now, values = ARGV[1], 4
local place = values + 1 + tonumber(ARGV[values])
while place < #ARGV do
  local start, sets = ARGV[place], {}
  local last = place + 1 + 4 * tonumber(ARGV[place + 1])
  for job = last - 3, place + 2, -4 do
    local id, set = ARGV[job], start .. ARGV[job + 1]
    redis.call('LREM', start .. 'active', 1, id)
    if redis.call('EXISTS', start .. id) == 1 then
      redis.call('HSET', start .. id, 'finishedOn', now, 'atm', 1, ARGV[job + 2],
        ARGV[values + ARGV[job + 3]])
      redis.call('ZADD', set, now, id)
      sets[set] = true
    end
  end
  place = last + 1
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
return 0`;

export interface LaneScripts {
  takeJobs(...args: (string | number)[]): Promise<(string | number)[]>;
  finishJobs(...args: (string | number)[]): Promise<number>;
}

/** Makes the scripts known to a connection, once. */
export function defineLaneScripts(redis: RedisConnection): void {
  redis.defineCommand('takeJobs', { lua: TAKE });
  redis.defineCommand('finishJobs', { lua: FINISH });
}
