/**
 * Takes the jobs of a lane out of BullMQ's lists and puts their outcomes back, a batch in one call.
 *
 * BullMQ's own interface runs one script a job to take it and one to finish it, each of some hundred
 * lines; for a full batch those are 512 calls, and they were the largest single cost of a command
 * (docs/decisions/0004). These two do the same to the same keys for the whole batch: the lists `wait`
 * and `active`, the sets `completed` and `failed`, the job's hash. BullMQ adds the jobs, reads them and
 * shows them. Its version is pinned; test/integration/workers/lane-jobs.test.ts holds both together.
 */
import type { Redis } from 'ioredis';
import type { AcceptedCommand } from '../src/commands/command.ts';
import type { LaneName } from '../src/lanes/lanes.ts';
import type { FinishedCommand, TakenCommand } from './run-batch.ts';

/** How long finished jobs stay in Redis for readers and the dashboard; then receipts answer. */
const FINISHED_KEPT_MS = 300_000;
const FINISHED_KEPT = 2000;

/**
 * What a former owner took and did not finish stands in `active`, oldest at the right end. It goes
 * first, so that no command overtakes it; only then commands that wait. A queue that an operator has
 * paused gives none.
 */
const TAKE = `
local ids = redis.call('LRANGE', KEYS[2], -tonumber(ARGV[2]), -1)
if #ids > 0 then
  for left = 1, math.floor(#ids / 2) do
    local right = #ids - left + 1
    ids[left], ids[right] = ids[right], ids[left]
  end
elseif redis.call('HEXISTS', KEYS[3], 'paused') == 0 then
  for place = 1, tonumber(ARGV[2]) do
    local id = redis.call('RPOPLPUSH', KEYS[1], KEYS[2])
    if not id then break end
    ids[place] = id
  end
end
local taken = {}
for _, id in ipairs(ids) do
  local job = redis.call('HMGET', ARGV[1] .. id, 'name', 'data')
  if job[1] then
    redis.call('HSET', ARGV[1] .. id, 'processedOn', ARGV[3])
    taken[#taken + 1] = id
    taken[#taken + 1] = job[1]
    taken[#taken + 1] = job[2]
  else
    redis.call('LREM', KEYS[2], 0, id)
  end
end
return taken`;

/** Each job comes as id, set (`completed` or `failed`), field, value. Too old ones are dropped. */
const FINISH = `
local prefix, now = ARGV[1], ARGV[2]
for place = 5, #ARGV, 4 do
  local id, finished = ARGV[place], KEYS[ARGV[place + 1] == 'completed' and 2 or 3]
  redis.call('LREM', KEYS[1], -1, id)
  if redis.call('EXISTS', prefix .. id) == 1 then
    redis.call('HSET', prefix .. id, 'finishedOn', now, 'atm', 1,
      ARGV[place + 2], ARGV[place + 3])
    redis.call('ZADD', finished, now, id)
  end
end
for _, finished in ipairs({ KEYS[2], KEYS[3] }) do
  local drop = redis.call('ZRANGEBYSCORE', finished, '-inf', ARGV[3], 'LIMIT', 0, 1000)
  local surplus = redis.call('ZCARD', finished) - #drop - tonumber(ARGV[4])
  if surplus > 0 then
    drop = redis.call('ZRANGE', finished, 0, #drop + math.min(surplus, 1000) - 1)
  end
  for _, id in ipairs(drop) do
    redis.call('ZREM', finished, id)
    redis.call('DEL', prefix .. id)
  end
end
return 0`;

interface LaneScripts {
  takeJobs(...args: (string | number)[]): Promise<string[]>;
  finishJobs(...args: (string | number)[]): Promise<number>;
}

/** Makes the scripts known to a connection, once. */
export function defineLaneScripts(redis: Redis): void {
  redis.defineCommand('takeJobs', { numberOfKeys: 3, lua: TAKE });
  redis.defineCommand('finishJobs', { numberOfKeys: 3, lua: FINISH });
}

export class LaneJobs {
  readonly #redis: Redis & LaneScripts;
  readonly #prefix: string;

  /** @param redis a connection that knows the scripts */
  constructor(redis: Redis, { redisPrefix, lane }: { redisPrefix: string; lane: LaneName }) {
    this.#redis = redis as Redis & LaneScripts;
    this.#prefix = `${redisPrefix}:${lane}:`;
  }

  /** The key on which BullMQ puts a mark whenever it adds a job. */
  get markerKey(): string {
    return `${this.#prefix}marker`;
  }

  /** The next jobs, `max` at most, in the order in which they were enqueued. */
  async take(max: number): Promise<TakenCommand[]> {
    const keys = ['wait', 'active', 'meta'].map((name) => this.#prefix + name);
    const taken = await this.#redis.takeJobs(...keys, this.#prefix, max, Date.now());
    const commands: TakenCommand[] = [];
    for (let place = 0; place < taken.length; place += 3) {
      const [jobId, name, data] = taken.slice(place, place + 3) as [string, string, string];
      commands.push({ jobId, name, accepted: JSON.parse(data) as AcceptedCommand });
    }
    return commands;
  }

  /** Puts the outcomes where BullMQ keeps those of finished jobs. Doing it twice does no harm. */
  async finish(commands: readonly FinishedCommand[]): Promise<void> {
    const keys = ['active', 'completed', 'failed'].map((name) => this.#prefix + name);
    const now = Date.now();
    const jobs = commands.flatMap(({ jobId, outcome, finishedAt }) =>
      outcome.state === 'failed'
        ? [jobId, 'failed', 'failedReason', outcome.problem.detail]
        : [jobId, 'completed', 'returnvalue', JSON.stringify({ outcome, finishedAt })],
    );
    const limits = [this.#prefix, now, now - FINISHED_KEPT_MS, FINISHED_KEPT];
    await this.#redis.finishJobs(...keys, ...limits, ...jobs);
  }
}
