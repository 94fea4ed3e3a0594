/**
 * How many seats of a schedule are available. Each count reads all seats that are taken, 0.35 s for eight halls of 50,000:
 * so those who ask share it, a process counts one thing at a time, and remembers it for a moment.
 */
import { LRUCache } from 'lru-cache';
import type { Announcement } from '../../lanes/announcements.ts';
import { SharedRead } from './shared-read.ts';

/** How old a count may be, in ms. */
const COUNTED_MS = 1000;
/** Up to so many seats a count is cheap: it is made anew when the process has heard of a change. */
const SMALL_SEATS = 2000;
const SCHEDULES_MAX = 10_000;
/** The commands that change how many seats are available. */
const CHANGING: ReadonlySet<string> = new Set([
  ...['book-seat', 'book-seats', 'cancel-booking', 'block-seats', 'release-seats'],
]);

interface Count {
  available: number;
  /** On the clock of `performance`, in ms. */
  askedAt: number;
}

export class SeatCounts {
  readonly #read: (scheduleIds: readonly number[]) => Promise<Map<number, number>>;
  readonly #counts = new LRUCache<number, Count>({ max: SCHEDULES_MAX });
  readonly #reads = new SharedRead(() => this.#readWanted());
  #wanted = new Set<number>();
  #changedAt = Number.NEGATIVE_INFINITY;

  /** @param read counts the available seats of schedules */
  constructor(read: (scheduleIds: readonly number[]) => Promise<Map<number, number>>) {
    this.#read = read;
  }

  /** Notes that seats have changed, through any API process. */
  hear(announcements: readonly Announcement[]): void {
    if (announcements.some(({ name }) => CHANGING.has(name))) this.#changedAt = performance.now();
  }

  /** The schedules with their available seats. @throws what the read throws */
  async addTo<Schedule extends { id: number; seatCount: number }>(
    schedules: readonly Schedule[],
  ): Promise<(Schedule & { availableCount: number })[]> {
    const stale = schedules.filter((schedule) => !this.#isFresh(schedule));
    for (const { id } of stale) this.#wanted.add(id);
    if (stale.length > 0) await this.#reads.fresh();
    return schedules.map((schedule) => ({
      ...schedule,
      availableCount: this.#counts.get(schedule.id)?.available ?? 0,
    }));
  }

  #isFresh({ id, seatCount }: { id: number; seatCount: number }): boolean {
    const count = this.#counts.get(id);
    if (!count || performance.now() - count.askedAt >= COUNTED_MS) return false;
    return seatCount > SMALL_SEATS || count.askedAt > this.#changedAt;
  }

  async #readWanted(): Promise<void> {
    const [ids, askedAt] = [[...this.#wanted], performance.now()];
    this.#wanted = new Set();
    const counts = await this.#read(ids);
    for (const [id, available] of counts) this.#counts.set(id, { available, askedAt });
  }
}
