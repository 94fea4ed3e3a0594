/**
 * How long each lane is, and how late its commands are. An API process asks Redis for all lengths
 * twice a second and counts what it adds itself in between; the delay is learned from the outcomes
 * that pass by.
 */
import type { Announcement } from './announcements.ts';
import { parseJobId } from './job-id.ts';
import type { LaneName } from './lanes.ts';
import type { LaneQueues } from './queues.ts';
import type { RedisConnection } from './redis.ts';

const REFRESH_MS = 500;
/** How much one outcome weighs in the average delay. */
const DELAY_WEIGHT = 0.05;

export interface LaneBacklog {
  waiting: number;
  /** Commands of this process on their way into the lane: Redis may not have counted them yet. */
  adding: number;
  /** From acceptance to outcome, in ms; an average over the last outcomes. */
  delayMs: number;
}

export class Backlog {
  readonly #lanes: Map<LaneName, LaneBacklog>;
  readonly #queues: LaneQueues;
  readonly #redis: RedisConnection;
  readonly #limit: number;
  #timer: NodeJS.Timeout | undefined;

  /** @param limit commands that may wait in one lane */
  constructor(redis: RedisConnection, queues: LaneQueues, limit: number) {
    this.#redis = redis;
    this.#queues = queues;
    this.#limit = limit;
    this.#lanes = new Map(
      [...queues.keys()].map((lane) => [lane, { waiting: 0, adding: 0, delayMs: 0 }]),
    );
  }

  start(): void {
    this.#timer = setInterval(() => this.refresh(), REFRESH_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /**
   * Asks Redis for the length of every lane. Not in one pipeline: lanes may be on different nodes of a cluster. One that
   * cannot be asked keeps its last length.
   */
  async refresh(): Promise<void> {
    await Promise.allSettled(
      [...this.#queues].map(async ([lane, queue]) => {
        this.#of(lane).waiting = await this.#redis.llen(queue.toKey('wait'));
      }),
    );
  }

  isFull(lane: LaneName): boolean {
    const { waiting, adding } = this.#of(lane);
    return waiting + adding >= this.#limit;
  }

  /** Counts a command in before it is added, so that those of one moment do not exceed the limit. */
  noteAdding(lane: LaneName): void {
    this.#of(lane).adding += 1;
  }

  noteAdded(lane: LaneName): void {
    this.noteNotAdded(lane);
    this.#of(lane).waiting += 1;
  }

  /** Takes back what could not be added. */
  noteNotAdded(lane: LaneName): void {
    this.#of(lane).adding -= 1;
  }

  /** Learns from outcomes how late commands are. */
  hear(announcements: readonly Announcement[]): void {
    for (const { jobId, acceptedAt, finishedAt } of announcements) {
      // A worker with other lane counts may announce lanes that are not here.
      const backlog = this.#lanes.get(parseJobId(jobId)?.lane as LaneName);
      if (!backlog) continue;
      const delayMs = Math.max(0, finishedAt - acceptedAt);
      backlog.delayMs += DELAY_WEIGHT * (delayMs - backlog.delayMs);
    }
  }

  /** When it is worth asking again for a command of this lane, in whole seconds, at least 1. */
  retryAfterSeconds(lane: LaneName): number {
    return Math.max(1, Math.ceil(this.#of(lane).delayMs / 1000));
  }

  entries(): IterableIterator<[LaneName, LaneBacklog]> {
    return this.#lanes.entries();
  }

  #of(lane: LaneName): LaneBacklog {
    const backlog = this.#lanes.get(lane);
    if (!backlog) throw new Error(`There is no lane ${lane}.`);
    return backlog;
  }
}
