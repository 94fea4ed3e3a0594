/**
 * The scripts by which jobs are taken out of BullMQ's keys and finished there: the lists `wait` and `active`, the sets
 * `completed` and `failed`, the job's hash. On a Redis Cluster they are called for one lane at a time.
 */
import type { RedisConnection } from '../src/lanes/redis.ts';

/**
 * ARGV: how many at most, the time, what the keys of each lane begin with.
 *
 * What a former owner took and did not finish stands in `active`, oldest at the right end. It goes
 * first, so that no command overtakes it; only then commands that wait. A queue that an operator has
 * paused gives none. The lanes share what may be taken: the short ones first, so that what they leave is the
 * long ones'. Mostly one lane has anything, or none: once all that has is found, the others are not looked at.
 */
const TAKE = `
local left, now = tonumber(ARGV[1]), ARGV[2]
local lanes, lists = {}, {}
for lane = 3, #ARGV do
  lists[#lists + 1] = ARGV[lane] .. 'active'
  lists[#lists + 1] = ARGV[lane] .. 'wait'
end
local unseen = redis.call('EXISTS', unpack(lists))
for lane = 1, #ARGV - 2 do
  if unseen == 0 then break end
  local start = ARGV[lane + 2]
  local held = redis.call('LLEN', start .. 'active')
  local waiting = 0
  if held > 0 then
    unseen = unseen - 1
  else
    waiting = redis.call('LLEN', start .. 'wait')
    if waiting > 0 then unseen = unseen - 1 end
    if waiting > 0 and redis.call('HEXISTS', start .. 'meta', 'paused') == 1 then waiting = 0 end
  end
  if held + waiting > 0 then
    lanes[#lanes + 1] = { lane = lane, held = held, length = held + waiting }
  end
end
table.sort(lanes, function(one, other)
  if one.length ~= other.length then return one.length < other.length end
  return one.lane < other.lane
end)
local taken = {}
for place, each in ipairs(lanes) do
  local start = ARGV[each.lane + 2]
  local wait, active = start .. 'wait', start .. 'active'
  local count = math.min(each.length, math.ceil(left / (#lanes - place + 1)))
  left = left - count
  local ids = {}
  if each.held > 0 then
    local old = redis.call('LRANGE', active, -count, -1)
    for index = #old, 1, -1 do ids[#ids + 1] = old[index] end
  else
    for index = 1, count do ids[index] = redis.call('RPOPLPUSH', wait, active) end
  end
  for _, id in ipairs(ids) do
    local job = redis.call('HMGET', start .. id, 'name', 'data')
    if job[1] then
      redis.call('HSET', start .. id, 'processedOn', now)
      taken[#taken + 1] = each.lane
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
 */
const FINISH = `
local now, values = ARGV[1], 4
local place = values + 1 + tonumber(ARGV[values])
while place < #ARGV do
  local start, sets = ARGV[place], {}
  local last = place + 1 + 4 * tonumber(ARGV[place + 1])
  for job = place + 2, last, 4 do
    local id, set = ARGV[job], start .. ARGV[job + 1]
    redis.call('LREM', start .. 'active', -1, id)
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
