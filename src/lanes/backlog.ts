/**
 * Tracks the length and delay of every lane, for backpressure. An API process reads the lengths from Redis twice a second.
 * In between it counts its own additions, until their outcomes are announced; it derives the delay from announced outcomes.
 */

import type { EpochMs } from '../commands/epoch-ms.ts';
import { RefreshTimer } from '../runtime/refresh-timer.ts';
import type { Announcement } from './announcements.ts';
import { parseJobId } from './job-id.ts';
import type { LaneProducer } from './lane-queue.ts';
import type { LaneName } from './lanes.ts';

const REFRESH_MS = 500;
/** The weight of one outcome in the moving average of the delay. */
const DELAY_WEIGHT = 0.05;

export interface LaneBacklog {
  /** Pending commands at the last read, plus those that this process has added since and that have no outcome yet. */
  waiting: number;
  /** Commands that this process is currently adding; Redis may not count them yet. */
  adding: number;
  /** The age of the oldest command without an outcome, in ms; 0 if there is none. */
  oldestMs: number;
  /** How long the lane has had commands without any outcome arriving, in ms. */
  stalledMs: number;
  /** When the lane was last empty or had an outcome; in ms on the monotonic clock. */
  movedAt: number;
  /** The moving average of the time from acceptance to outcome, in ms. */
  delayMs: number;
}

interface TrackedLane extends LaneBacklog {
  /** The jobs that this process has added since the last read began and that have no outcome yet. */
  added: Set<string>;
  /** Jobs whose outcomes arrived while this process was adding some: an outcome may arrive before Redis' reply. */
  finishedEarly: Set<string>;
}

export class Backlog {
  readonly #lanes: Map<LaneName, TrackedLane>;
  readonly #producer: Pick<LaneProducer, 'countPending'>;
  readonly #limit: number;
  readonly #now: () => EpochMs;
  readonly #timer = new RefreshTimer(() => this.refresh(), REFRESH_MS);

  /**
   * @param laneLimit the limit of pending commands in one lane
   * @param now in ms since 1970, by the clock that stamps the jobs
   */
  constructor(
    producer: Pick<LaneProducer, 'countPending'>,
    lanes: readonly LaneName[],
    { laneLimit, now }: { laneLimit: number; now(): EpochMs },
  ) {
    this.#producer = producer;
    this.#limit = laneLimit;
    this.#now = now;
    const idle = { waiting: 0, adding: 0, oldestMs: 0, stalledMs: 0, delayMs: 0 };
    const movedAt = performance.now();
    this.#lanes = new Map(
      lanes.map((lane) => [lane, { ...idle, movedAt, added: new Set(), finishedEarly: new Set() }]),
    );
  }

  start(): void {
    this.#timer.start();
  }

  stop(): void {
    this.#timer.stop();
  }

  /**
   * Reads the length of every lane from Redis. A lane whose read fails keeps its last values. Redis may have counted before
   * or after it added what was added during the read; such commands count once more, until the next read, so that no lane
   * exceeds its limit.
   */
  async refresh(): Promise<void> {
    await Promise.allSettled(
      [...this.#lanes].map(async ([lane, backlog]) => {
        const addedBefore = [...backlog.added];
        const { waiting, oldestAddedAt: at } = await this.#producer.countPending(lane);
        for (const jobId of addedBefore) backlog.added.delete(jobId);
        backlog.finishedEarly.clear();
        backlog.waiting = waiting + backlog.added.size;
        backlog.oldestMs = at === undefined ? 0 : Math.max(0, this.#now() - at);
        if (at === undefined) backlog.movedAt = performance.now();
        backlog.stalledMs = performance.now() - backlog.movedAt;
      }),
    );
  }

  get limit(): number {
    return this.#limit;
  }

  isFull(lane: LaneName): boolean {
    const { waiting, adding } = this.#of(lane);
    return waiting + adding >= this.#limit;
  }

  /** Counts a command before it is added, so that concurrent requests cannot exceed the limit. */
  noteAdding(lane: LaneName): void {
    this.#of(lane).adding += 1;
  }

  /** Counts a command that was added, or may have been: only its outcome or the next read from Redis can tell. */
  noteAdded(lane: LaneName, jobId: string): void {
    this.noteNotAdded(lane);
    const backlog = this.#of(lane);
    if (backlog.finishedEarly.delete(jobId) || backlog.added.has(jobId)) return;
    backlog.waiting += 1;
    backlog.added.add(jobId);
  }

  /** Removes a command that could not be added from the count. */
  noteNotAdded(lane: LaneName): void {
    this.#of(lane).adding -= 1;
  }

  /** Updates the length and the delay of the lanes from outcomes. */
  onAnnouncements(announcements: readonly Announcement[]): void {
    for (const { jobId, acceptedAt, finishedAt } of announcements) {
      // A worker with other lane counts may announce lanes unknown to this process.
      const backlog = this.#lanes.get(parseJobId(jobId)?.lane as LaneName);
      if (!backlog) continue;
      if (backlog.added.delete(jobId)) backlog.waiting -= 1;
      else if (backlog.adding > 0) backlog.finishedEarly.add(jobId);
      backlog.movedAt = performance.now();
      const delayMs = Math.max(0, finishedAt - acceptedAt);
      backlog.delayMs += DELAY_WEIGHT * (delayMs - backlog.delayMs);
    }
  }

  /**
   * When to poll again for a command of this lane, in whole seconds, at least 1. The lane of a retried command may no
   * longer be in use.
   */
  retryAfterSeconds(lane: LaneName): number {
    return Math.max(1, Math.ceil((this.#lanes.get(lane)?.delayMs ?? 0) / 1000));
  }

  entries(): IterableIterator<[LaneName, LaneBacklog]> {
    return this.#lanes.entries();
  }

  #of(lane: LaneName): TrackedLane {
    const backlog = this.#lanes.get(lane);
    if (!backlog) throw new Error(`Unknown lane ${lane}.`);
    return backlog;
  }
}
