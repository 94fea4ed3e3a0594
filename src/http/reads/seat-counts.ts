/**
 * Counts the available seats of schedules. A count reads all taken seats, which takes 0.35 s for eight halls of 50,000.
 * So concurrent requests share one count, a process runs one count at a time, and results are cached briefly.
 */
import { LRUCache } from 'lru-cache';
import type { Announcement } from '../../lanes/announcements.ts';
import { AnnouncedChanges } from './announced-changes.ts';
import { SharedRead } from './shared-read.ts';

/** How old a cached count may be, in ms. */
const COUNTED_MS = 1000;
/** Up to this size a count is cheap, so it is repeated whenever a change was announced. */
const SMALL_SEATS = 2000;
const SCHEDULES_MAX = 10_000;

interface Count {
  available: number;
  /** When the read started, on the clock of `performance`, in ms. */
  readAt: number;
}

export class SeatCounts {
  readonly #read: (scheduleIds: readonly number[]) => Promise<Map<number, number>>;
  readonly #counts = new LRUCache<number, Count>({ max: SCHEDULES_MAX });
  readonly #reads = new SharedRead(() => this.#readWanted());
  #wanted = new Set<number>();
  readonly #changes = new AnnouncedChanges('availableSeats');

  /** @param read counts the available seats of schedules */
  constructor(read: (scheduleIds: readonly number[]) => Promise<Map<number, number>>) {
    this.#read = read;
  }

  /** Notes seat changes made through any API process. */
  onAnnouncements(announcements: readonly Announcement[]): void {
    this.#changes.onAnnouncements(announcements);
  }

  /** Returns the schedules with their counts of available seats. @throws errors of the read */
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
    if (!count || performance.now() - count.readAt >= COUNTED_MS) return false;
    return seatCount > SMALL_SEATS || !this.#changes.mayBeMissingIn(count.readAt);
  }

  async #readWanted(): Promise<void> {
    const [ids, readAt] = [[...this.#wanted], performance.now()];
    this.#wanted = new Set();
    const counts = await this.#read(ids);
    for (const [id, available] of counts) this.#counts.set(id, { available, readAt });
  }
}
