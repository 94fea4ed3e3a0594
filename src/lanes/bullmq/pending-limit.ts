/**
 * Limits the pending jobs of each group in a queue across all processes, so that an unreachable receiver cannot fill
 * Redis. It is for queues consumed by BullMQ workers; lanes use `Backlog`.
 */
import type { RedisConnection } from '../redis/redis.ts';
import { NEVER_WRITTEN, queueKeyStart } from './keys.ts';
import { type ScriptedRedis, withScripts } from './scripts.ts';

/** Jobs per script call, so that one call does not block Redis for long. */
const AT_ONCE_MAX = 1000;
/** How many of the oldest ids are checked for stale entries if a group is full. */
const OLDEST_LOOKED_AT = 100;
/** The time within which the job of a reserved id is added, or never will be. */
const ADDED_WITHIN_SECONDS = 60;

/** A job to be added, and its group. */
export interface GroupedJob {
  group: string | number;
  jobId: string;
}

/** `reserved`: add the job. `full`: the group is at its limit. `added`: the job is already in the queue, or was. */
export type Reservation = 'reserved' | 'full' | 'added';
/** In the order of the numbers that `reserve.lua` returns. */
const RESERVATIONS: readonly Reservation[] = ['full', 'reserved', 'added'];

export class PendingLimit {
  readonly #redis: ScriptedRedis;
  readonly #keyStart: string;
  readonly #max: number;

  /** @param max the limit of pending jobs per group */
  constructor(
    redis: RedisConnection,
    { redisPrefix, queue, max }: { redisPrefix: string; queue: string; max: number },
  ) {
    this.#redis = withScripts(redis);
    this.#keyStart = queueKeyStart(redisPrefix, queue);
    this.#max = max;
  }

  /** Reserves slots for jobs. @returns one reservation per job, in the same order */
  async reserve(jobs: readonly GroupedJob[]): Promise<Reservation[]> {
    const answers: number[] = [];
    for (let first = 0; first < jobs.length; first += AT_ONCE_MAX) {
      answers.push(...(await this.#reserve(jobs.slice(first, first + AT_ONCE_MAX))));
    }
    return answers.map((answer) => RESERVATIONS[answer] as Reservation);
  }

  /** Releases the slot of a job that has finished or was not added. */
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
