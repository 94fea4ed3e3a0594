/**
 * Bounds how many jobs of a queue may be pending in each group, over all processes: a receiver that is away must not fill
 * Redis. It is for queues that BullMQ's own workers consume; lanes have `Backlog`.
 */
import type { RedisConnection } from '../redis/redis.ts';
import { NEVER_WRITTEN, queueKeyStart } from './keys.ts';
import { type ScriptedRedis, withScripts } from './scripts.ts';

/** Bounds how long Redis is busy with one script. */
const AT_ONCE_MAX = 1000;
/** How many of the oldest ids are looked at where a group is full. */
const OLDEST_LOOKED_AT = 100;
/** By then the job of an id has been added. */
const ADDED_WITHIN_SECONDS = 60;

/** A job that is about to be added, and the group that it counts in. */
export interface GroupedJob {
  group: string | number;
  jobId: string;
}

/** `reserved`: the job is to be added. `full`: there is no room. `added`: it is in the queue, or was, already. */
export type Reservation = 'reserved' | 'full' | 'added';
/** In the order of the numbers that `reserve.lua` returns. */
const RESERVATIONS: readonly Reservation[] = ['full', 'reserved', 'added'];

export class PendingLimit {
  readonly #redis: ScriptedRedis;
  readonly #keyStart: string;
  readonly #max: number;

  /** @param max pending jobs of one group */
  constructor(
    redis: RedisConnection,
    { redisPrefix, queue, max }: { redisPrefix: string; queue: string; max: number },
  ) {
    this.#redis = withScripts(redis);
    this.#keyStart = queueKeyStart(redisPrefix, queue);
    this.#max = max;
  }

  /** Reserves room for jobs. @returns for each job whether it is to be added */
  async reserve(jobs: readonly GroupedJob[]): Promise<Reservation[]> {
    const answers: number[] = [];
    for (let first = 0; first < jobs.length; first += AT_ONCE_MAX) {
      answers.push(...(await this.#reserve(jobs.slice(first, first + AT_ONCE_MAX))));
    }
    return answers.map((answer) => RESERVATIONS[answer] as Reservation);
  }

  /** A job has finished, or is not added after all. */
  async release({ group, jobId }: GroupedJob): Promise<void> {
    await this.#redis.zrem(this.#setOf(group), jobId);
  }

  #reserve(jobs: readonly GroupedJob[]): Promise<number[]> {
    const never = this.#keyStart + NEVER_WRITTEN;
    const named = jobs.flatMap(({ group, jobId }) => [this.#setOf(group), this.#keyStart + jobId]);
    const limits = [this.#max, OLDEST_LOOKED_AT, ADDED_WITHIN_SECONDS];
    const ids = jobs.map(({ jobId }) => jobId);
    return this.#redis.reserveJobs(1 + named.length, never, ...named, ...limits, ...ids);
  }

  #setOf(group: string | number): string {
    return `${this.#keyStart}pending:${group}`;
  }
}
