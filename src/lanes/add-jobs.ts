/**
 * Adds jobs to lanes, all those of one turn of the event loop in one call; on a Redis Cluster in one a lane.
 *
 * BullMQ's own `add` runs a script of some hundred lines for each job, packs its arguments twice and writes
 * events that nobody reads; under a rush that was a third of the API process's work and two thirds of
 * Redis's (docs/decisions/0018). This writes the same keys for many jobs at once: the job's hash, the list
 * `wait`, and the mark for which an idle consumer waits. BullMQ and its dashboard read them as their own;
 * test/integration/lanes/add-jobs.test.ts holds both together.
 */
import { Cluster } from 'ioredis';
import type { AcceptedCommand } from '../commands/command.ts';
import { mayBeAdded } from './acceptance-unknown.ts';
import type { LaneName } from './lanes.ts';
import { keysToName, queueKeyStart } from './queues.ts';
import type { RedisConnection } from './redis.ts';

export interface NewJob {
  jobId: string;
  name: string;
  data: AcceptedCommand;
}

/**
 * ARGV: the time, then for each lane what its keys begin with and its number of jobs, each as id, name, data. An id that is
 * there already is left as it is, in whatever state.
 */
const ADD = `
local now, place = ARGV[1], 2
while place < #ARGV do
  local start = ARGV[place]
  local last = place + 1 + 3 * tonumber(ARGV[place + 1])
  local added = false
  for job = place + 2, last, 3 do
    local id = ARGV[job]
    if redis.call('EXISTS', start .. id) == 0 then
      redis.call('HSET', start .. id, 'name', ARGV[job + 1], 'data', ARGV[job + 2],
        'opts', '{"attempts":0}', 'timestamp', now, 'delay', 0, 'priority', 0)
      redis.call('LPUSH', start .. 'wait', id)
      added = true
    end
  end
  if added and redis.call('HEXISTS', start .. 'meta', 'paused') == 0 then
    redis.call('ZADD', start .. 'marker', 0, '0')
  end
  place = last + 1
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

type Turn = [lane: LaneName, waiting: Waiting[]];

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
    redis.defineCommand('addJobs', { lua: ADD });
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

  /** Whether a job may be in its lane although adding it failed with this error. */
  mayHaveAdded(error: unknown): boolean {
    return mayBeAdded(this.#redis, error);
  }

  #addAll(): void {
    const turn = [...this.#turn];
    this.#turn = new Map();
    if (this.#redis instanceof Cluster) for (const lane of turn) this.#addTo([lane]);
    else this.#addTo(turn);
  }

  #addTo(turn: readonly Turn[]): void {
    const lanes = turn.map(([lane]) => lane);
    const names = ['wait', 'meta', 'marker'];
    const keys = keysToName(this.#redis, this.#redisPrefix, { lanes, names });
    const jobs = turn.flatMap(([lane, waiting]) => [
      ...[queueKeyStart(this.#redisPrefix, lane), waiting.length],
      ...waiting.flatMap(({ job }) => [job.jobId, job.name, JSON.stringify(job.data)]),
    ]);
    const all = turn.flatMap(([, waiting]) => waiting);
    this.#redis.addJobs(keys.length, ...keys, this.#now(), ...jobs).then(
      () => {
        for (const { resolve } of all) resolve();
      },
      (error) => {
        for (const { reject } of all) reject(error);
      },
    );
  }
}
