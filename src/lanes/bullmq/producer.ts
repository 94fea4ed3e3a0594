/**
 * Adds jobs to lanes, with one call for all jobs of one event loop turn; on a Redis Cluster with one call per lane.
 *
 * BullMQ's own `add` runs a script of some hundred lines per job, serializes its arguments twice and writes events that
 * have no reader. Under load that was a third of the API process's work and two thirds of Redis's (docs/decisions/0018).
 * `add.lua` writes the same keys for many jobs at once.
 */
import { Cluster } from 'ioredis';
import type { EpochMs } from '../../commands/epoch-ms.ts';
import { mayBeAdded } from '../acceptance-unknown.ts';
import type { CommandStatus } from '../command-status.ts';
import type { LaneJob, LaneProducer, PendingJobs } from '../lane-queue.ts';
import type { LaneName } from '../lanes.ts';
import type { RedisConnection } from '../redis/redis.ts';
import { inspectLane } from './inspect.ts';
import { keysToName, queueKeyStart } from './keys.ts';
import type { LaneQueues } from './queues.ts';
import { toStatus } from './read-job.ts';
import { type ScriptedRedis, withScripts } from './scripts.ts';

/** One call of `add`. */
interface Addition {
  jobs: readonly LaneJob[];
  resolve(existing: string[]): void;
  reject(error: unknown): void;
}

type LaneAdditions = [lane: LaneName, additions: Addition[]];

export interface ProducerSettings {
  redisPrefix: string;
  /** The queues of the lanes that `find` can read. */
  queues: LaneQueues;
  /** The timestamp for new jobs, in ms since 1970. */
  now(): EpochMs;
}

export class BullmqProducer implements LaneProducer {
  readonly #redis: ScriptedRedis;
  readonly #settings: ProducerSettings;
  /** Additions of the current event loop turn, not sent yet. */
  #turn = new Map<LaneName, Addition[]>();

  constructor(redis: RedisConnection, settings: ProducerSettings) {
    this.#redis = withScripts(redis);
    this.#settings = settings;
  }

  add(lane: LaneName, jobs: readonly LaneJob[]): Promise<string[]> {
    if (this.#turn.size === 0) setImmediate(() => this.#sendTurn());
    return new Promise((resolve, reject) => {
      const addition = { jobs, resolve, reject };
      const others = this.#turn.get(lane);
      if (others) others.push(addition);
      else this.#turn.set(lane, [addition]);
    });
  }

  mayHaveAdded(error: unknown): boolean {
    return mayBeAdded(this.#redis, error);
  }

  async find(lane: LaneName, jobId: string): Promise<CommandStatus | undefined> {
    const job = await this.#settings.queues.get(lane)?.getJob(jobId);
    return job && toStatus(job);
  }

  countPending(lane: LaneName): Promise<PendingJobs> {
    return inspectLane(this.#redis, this.#settings.redisPrefix, lane);
  }

  #sendTurn(): void {
    const turn = [...this.#turn];
    this.#turn = new Map();
    if (this.#redis instanceof Cluster) for (const ofLane of turn) this.#send([ofLane]);
    else this.#send(turn);
  }

  #send(turn: readonly LaneAdditions[]): void {
    const { redisPrefix, now } = this.#settings;
    const lanes = turn.map(([lane]) => lane);
    const keys = keysToName(this.#redis, redisPrefix, { lanes, names: ['wait', 'meta', 'marker'] });
    const args = turn.flatMap(([lane, additions]) => {
      const jobs = additions.flatMap(({ jobs }) => jobs);
      return [
        queueKeyStart(redisPrefix, lane),
        jobs.length,
        ...jobs.flatMap(({ jobId, name, accepted }) => [jobId, name, JSON.stringify(accepted)]),
      ];
    });
    const additions = turn.flatMap(([, ofLane]) => ofLane);
    this.#redis.addJobs(keys.length, ...keys, now(), ...args).then(
      (places) => {
        const existing = new Set(places);
        let place = 0;
        for (const { jobs, resolve } of additions) {
          const first = place;
          place += jobs.length;
          resolve(jobs.filter((_, index) => existing.has(first + index)).map(({ jobId }) => jobId));
        }
      },
      (error) => {
        for (const { reject } of additions) reject(error);
      },
    );
  }
}
