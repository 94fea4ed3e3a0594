/**
 * Takes the jobs of lanes out of BullMQ's lists and puts their outcomes back, a batch over several lanes in one
 * call.
 *
 * BullMQ's own interface runs one script a job to take it and one to finish it, each of some hundred
 * lines; for a full batch those are 512 calls, and they were the largest single cost of a command
 * (docs/decisions/0004). These two do the same to the same keys for the whole batch: the lists `wait`
 * and `active`, the sets `completed` and `failed`, the job's hash. BullMQ adds the jobs, reads them and
 * shows them. Its version is pinned; test/integration/workers/lane-jobs.test.ts holds both together.
 */
import type { AcceptedCommand } from '../src/commands/command.ts';
import { eachOnce } from '../src/lanes/each-once.ts';
import type { LaneName } from '../src/lanes/lanes.ts';
import { NEVER_WRITTEN, queueKeyStart } from '../src/lanes/queues.ts';
import type { RedisConnection } from '../src/lanes/redis.ts';
import type { FinishedCommand, TakenCommand } from './batch.ts';

/** How long finished jobs stay in Redis for readers and the dashboard; then receipts answer. */
const FINISHED_KEPT_MS = 300_000;
const FINISHED_KEPT = 2000;

/**
 * KEYS: `wait`, `active` and `meta` of each lane, and one that is never written; ARGV: how many at most, the time, each lane's prefix.
 *
 * What a former owner took and did not finish stands in `active`, oldest at the right end. It goes
 * first, so that no command overtakes it; only then commands that wait. A queue that an operator has
 * paused gives none. The lanes share what may be taken: the short ones first, so that what they leave is the
 * long ones'.
 */
const TAKE = `
local left, now = tonumber(ARGV[1]), ARGV[2]
local lanes = {}
for lane = 1, #ARGV - 2 do
  local wait, active, meta = KEYS[3 * lane - 2], KEYS[3 * lane - 1], KEYS[3 * lane]
  local held = redis.call('LLEN', active)
  local waiting = 0
  if held == 0 then
    waiting = redis.call('LLEN', wait)
    if waiting > 0 and redis.call('HEXISTS', meta, 'paused') == 1 then waiting = 0 end
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
  local wait, active = KEYS[3 * each.lane - 2], KEYS[3 * each.lane - 1]
  local prefix = ARGV[each.lane + 2]
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
    local job = redis.call('HMGET', prefix .. id, 'name', 'data')
    if job[1] then
      redis.call('HSET', prefix .. id, 'processedOn', now)
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
 * KEYS: `active`, `completed` and `failed` of each lane, and one that is never written; ARGV: the time, the oldest time and the number to keep,
 * the number of different values and these, then for each lane its prefix and its number of jobs, each as id, set (`completed` or
 * `failed`), field, place of its value.
 */
const FINISH = `
local now, values = ARGV[1], 4
local place = values + 1 + tonumber(ARGV[values])
for lane = 1, math.floor(#KEYS / 3) do
  local active, prefix = KEYS[3 * lane - 2], ARGV[place]
  local sets = { completed = KEYS[3 * lane - 1], failed = KEYS[3 * lane] }
  local last = place + 1 + 4 * tonumber(ARGV[place + 1])
  for job = place + 2, last, 4 do
    local id = ARGV[job]
    redis.call('LREM', active, -1, id)
    if redis.call('EXISTS', prefix .. id) == 1 then
      redis.call('HSET', prefix .. id, 'finishedOn', now, 'atm', 1, ARGV[job + 2],
        ARGV[values + ARGV[job + 3]])
      redis.call('ZADD', sets[ARGV[job + 1]], now, id)
    end
  end
  place = last + 1
  for _, finished in pairs(sets) do
    local drop = redis.call('ZRANGEBYSCORE', finished, '-inf', ARGV[2], 'LIMIT', 0, 1000)
    local surplus = redis.call('ZCARD', finished) - #drop - tonumber(ARGV[3])
    if surplus > 0 then
      drop = redis.call('ZRANGE', finished, 0, #drop + math.min(surplus, 1000) - 1)
    end
    for _, id in ipairs(drop) do
      redis.call('ZREM', finished, id)
      redis.call('DEL', prefix .. id)
    end
  end
end
return 0`;

/** What BullMQ keeps of a finished job: what it returned, or why it failed. */
function toValue({ outcome, finishedAt }: FinishedCommand): string {
  if (outcome.state === 'failed') return outcome.problem.detail;
  return JSON.stringify({ outcome, finishedAt });
}

interface LaneScripts {
  takeJobs(...args: (string | number)[]): Promise<(string | number)[]>;
  finishJobs(...args: (string | number)[]): Promise<number>;
}

/** Makes the scripts known to a connection, once. */
export function defineLaneScripts(redis: RedisConnection): void {
  redis.defineCommand('takeJobs', { lua: TAKE });
  redis.defineCommand('finishJobs', { lua: FINISH });
}

export class LaneJobs {
  readonly #redis: RedisConnection & LaneScripts;
  readonly #redisPrefix: string;

  /** @param redis a connection that knows the scripts */
  constructor(redis: RedisConnection, redisPrefix: string) {
    this.#redis = redis as RedisConnection & LaneScripts;
    this.#redisPrefix = redisPrefix;
  }

  /** The key on which a mark is put whenever a job is added to the lane. */
  markerKey(lane: LaneName): string {
    return `${this.#prefix(lane)}marker`;
  }

  /**
   * The next jobs of these lanes, `max` at most over all of them. On a cluster ask for one lane at a time.
   * @returns the lanes that have any, each with its commands in the order in which they were enqueued
   */
  async take(lanes: readonly LaneName[], max: number): Promise<Map<LaneName, TakenCommand[]>> {
    const prefixes = lanes.map((lane) => this.#prefix(lane));
    const keys = this.#keys(lanes, ['wait', 'active', 'meta']);
    const reply = await this.#redis.takeJobs(keys.length, ...keys, max, Date.now(), ...prefixes);
    const taken = new Map<LaneName, TakenCommand[]>();
    for (let place = 0; place < reply.length; place += 4) {
      const [number, jobId, name, data] = reply.slice(place, place + 4);
      const lane = lanes[Number(number) - 1] as LaneName;
      const accepted = JSON.parse(data as string) as AcceptedCommand;
      const command = { jobId: jobId as string, name: name as string, accepted };
      const others = taken.get(lane);
      if (others) others.push(command);
      else taken.set(lane, [command]);
    }
    return taken;
  }

  /**
   * Puts the outcomes where BullMQ keeps those of finished jobs. Doing it twice does no harm. On a cluster it takes those
   * of one lane at a time.
   */
  async finish(finished: ReadonlyMap<LaneName, readonly FinishedCommand[]>): Promise<void> {
    const keys = this.#keys([...finished.keys()], ['active', 'completed', 'failed']);
    const now = Date.now();
    const { once, places } = eachOnce([...finished.values()].flat().map(toValue));
    let told = 0;
    const jobs = [...finished].flatMap(([lane, commands]) => [
      ...[this.#prefix(lane), commands.length],
      ...commands.flatMap(({ jobId, outcome }) => [
        ...(outcome.state === 'failed'
          ? [jobId, 'failed', 'failedReason']
          : [jobId, 'completed', 'returnvalue']),
        (places[told++] as number) + 1,
      ]),
    ]);
    const limits = [now, now - FINISHED_KEPT_MS, FINISHED_KEPT];
    await this.#redis.finishJobs(keys.length, ...keys, ...limits, once.length, ...once, ...jobs);
  }

  #keys(lanes: readonly LaneName[], names: readonly string[]): string[] {
    const keys = lanes.flatMap((lane) => names.map((name) => this.#prefix(lane) + name));
    return [...keys, this.#prefix(lanes[0] as LaneName) + NEVER_WRITTEN];
  }

  #prefix(lane: LaneName): string {
    return queueKeyStart(this.#redisPrefix, lane);
  }
}
