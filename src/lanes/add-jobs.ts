/**
 * Adds jobs to lanes, all those of one turn of the event loop in one call a lane.
 *
 * BullMQ's own `add` runs a script of some hundred lines for each job, packs its arguments twice and writes
 * events that nobody reads; under a rush that was a third of the API process's work and two thirds of
 * Redis's (docs/decisions/0018). This writes the same keys for many jobs at once: the job's hash, the list
 * `wait`, and the mark for which an idle consumer waits. BullMQ and its dashboard read them as their own;
 * test/integration/lanes/add-jobs.test.ts holds both together.
 */
import type { AcceptedCommand } from '../commands/command.ts';
import type { LaneName } from './lanes.ts';
import { NEVER_WRITTEN, queueKeyStart } from './queues.ts';
import type { RedisConnection } from './redis.ts';

export interface NewJob {
  jobId: string;
  name: string;
  data: AcceptedCommand;
}

/** Each job comes as id, name, data. An id that is there already is left as it is, in whatever state. */
const ADD = `
local prefix, now = ARGV[1], ARGV[2]
local added = false
for place = 3, #ARGV, 3 do
  local id = ARGV[place]
  if redis.call('EXISTS', prefix .. id) == 0 then
    redis.call('HSET', prefix .. id, 'name', ARGV[place + 1], 'data', ARGV[place + 2],
      'opts', '{"attempts":0}', 'timestamp', now, 'delay', 0, 'priority', 0)
    redis.call('LPUSH', KEYS[1], id)
    added = true
  end
end
if added and redis.call('HEXISTS', KEYS[2], 'paused') == 0 then
  redis.call('ZADD', KEYS[3], 0, '0')
end
return 0`;

interface AddScript {
  addJobs(...args: (string | number)[]): Promise<number>;
}

interface Waiting {
  job: NewJob;
  resolve(): void;
  reject(error: unknown): void;
}

export class JobAdder {
  readonly #redis: RedisConnection & AddScript;
  readonly #redisPrefix: string;
  readonly #now: () => number;
  #turn = new Map<LaneName, Waiting[]>();

  /** @param now in ms since 1970 */
  constructor(
    redis: RedisConnection,
    { redisPrefix, now }: { redisPrefix: string; now(): number },
  ) {
    redis.defineCommand('addJobs', { numberOfKeys: 4, lua: ADD });
    this.#redis = redis as RedisConnection & AddScript;
    this.#redisPrefix = redisPrefix;
    this.#now = now;
  }

  /**
   * Adds a job behind all that this process added to the lane before.
   * @throws whatever Redis throws while it cannot be reached
   */
  add(lane: LaneName, job: NewJob): Promise<void> {
    if (this.#turn.size === 0) setImmediate(() => this.#addAll());
    return new Promise((resolve, reject) => {
      const waiting = { job, resolve, reject };
      const others = this.#turn.get(lane);
      if (others) others.push(waiting);
      else this.#turn.set(lane, [waiting]);
    });
  }

  #addAll(): void {
    const turn = this.#turn;
    this.#turn = new Map();
    for (const [lane, waiting] of turn) this.#addTo(lane, waiting);
  }

  #addTo(lane: LaneName, waiting: readonly Waiting[]): void {
    const prefix = queueKeyStart(this.#redisPrefix, lane);
    const keys = ['wait', 'meta', 'marker', NEVER_WRITTEN].map((name) => prefix + name);
    const jobs = waiting.flatMap(({ job }) => [job.jobId, job.name, JSON.stringify(job.data)]);
    this.#redis.addJobs(...keys, prefix, this.#now(), ...jobs).then(
      () => {
        for (const { resolve } of waiting) resolve();
      },
      (error) => {
        for (const { reject } of waiting) reject(error);
      },
    );
  }
}
