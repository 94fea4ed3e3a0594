/** How many have entered each schedule, counted at most once a second and schedule. */
import { LRUCache } from 'lru-cache';
import type { Entered } from '../../commands/schemas/tickets.ts';

/** Many gates show the counts, and a count reads an index entry for each seat that is sold and for each check-in. In ms. */
const COUNTED_MS = 1000;
const SCHEDULES_MAX = 1000;

export class EnteredCounts {
  readonly #counts: LRUCache<number, Entered>;

  /** @param read counts one schedule; undefined if it does not exist */
  constructor(read: (scheduleId: number) => Promise<Entered | undefined>) {
    this.#counts = new LRUCache({
      max: SCHEDULES_MAX,
      ttl: COUNTED_MS,
      // What is undefined is not kept, so a new schedule is found at once.
      fetchMethod: (scheduleId: number) => read(scheduleId),
    });
  }

  /**
   * The counts, at most a second old. Requests that arrive during a count share it.
   * @returns undefined if the schedule does not exist
   * @throws errors of the read
   */
  of(scheduleId: number): Promise<Entered | undefined> {
    return this.#counts.fetch(scheduleId);
  }
}
