/**
 * How long each lane is, and how late its commands are. An API process asks Redis for all lanes
 * twice a second, however many want to know, and counts what it adds itself in between; the delay is
 * learned from the outcomes that pass by.
 */
import type { Announcement } from './announcements.ts';
import { parseJobId } from './job-id.ts';
import type { LaneProducer } from './lane-queue.ts';
import type { LaneName } from './lanes.ts';

const REFRESH_MS = 500;
/** How much one outcome weighs in the average delay. */
const DELAY_WEIGHT = 0.05;

export interface LaneBacklog {
  waiting: number;
  /** Commands of this process on their way into the lane: Redis may not have counted them yet. */
  adding: number;
  /** How long the oldest command without an outcome has been here, in ms; 0 where there is none. */
  oldestMs: number;
  /** For how long the lane has had commands and no outcome of any of them was heard, in ms. */
  stalledMs: number;
  /** When the lane was last empty, or an outcome of it was heard; in ms by the monotonic clock. */
  movedAt: number;
  /** From acceptance to outcome, in ms; an average over the last outcomes. */
  delayMs: number;
}

export class Backlog {
  readonly #lanes: Map<LaneName, LaneBacklog>;
  readonly #producer: Pick<LaneProducer, 'countPending'>;
  readonly #limit: number;
  readonly #now: () => number;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param laneLimit commands that may wait in one lane
   * @param now in ms since 1970, by the clock that stamps the jobs
   */
  constructor(
    producer: Pick<LaneProducer, 'countPending'>,
    lanes: readonly LaneName[],
    { laneLimit, now }: { laneLimit: number; now(): number },
  ) {
    this.#producer = producer;
    this.#limit = laneLimit;
    this.#now = now;
    const idle = { waiting: 0, adding: 0, oldestMs: 0, stalledMs: 0, delayMs: 0 };
    const movedAt = performance.now();
    this.#lanes = new Map(lanes.map((lane) => [lane, { ...idle, movedAt }]));
  }

  start(): void {
    this.#timer = setInterval(() => this.refresh(), REFRESH_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Asks Redis about every lane. One that cannot be asked keeps its last figures. */
  async refresh(): Promise<void> {
    await Promise.allSettled(
      [...this.#lanes].map(async ([lane, backlog]) => {
        const { waiting, oldestAddedAt: at } = await this.#producer.countPending(lane);
        backlog.waiting = waiting;
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
      backlog.movedAt = performance.now();
      const delayMs = Math.max(0, finishedAt - acceptedAt);
      backlog.delayMs += DELAY_WEIGHT * (delayMs - backlog.delayMs);
    }
  }

  /**
   * When it is worth asking again for a command of this lane, in whole seconds, at least 1. The lane of a retry may
   * not be in use any more.
   */
  retryAfterSeconds(lane: LaneName): number {
    return Math.max(1, Math.ceil((this.#lanes.get(lane)?.delayMs ?? 0) / 1000));
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
