/**
 * How many have entered each schedule. Many gates show the counts, and a count reads an index entry for each place that is sold and for
 * each check-in. So requests share one count, and it is kept for a moment.
 */
import { LRUCache } from 'lru-cache';
import type { Entered } from '../../commands/schemas/tickets.ts';
import type { Announcement } from '../../lanes/announcements.ts';
import { AnnouncedChanges } from '../reads/announced-changes.ts';

/** How old a count may be, in ms. */
const COUNTED_MS = 1000;
/** Up to so many sold places a count is cheap, so it is repeated whenever a change was announced. */
const SMALL_PLACES = 2000;
const SCHEDULES_MAX = 1000;

interface Count {
  found: Promise<Entered | undefined>;
  /** When the read started, on the clock of `performance`, in ms. */
  readAt: number;
  isSmall: boolean;
}

export class EnteredCounts {
  readonly #read: (scheduleId: number) => Promise<Entered | undefined>;
  readonly #counts = new LRUCache<number, Count>({ max: SCHEDULES_MAX });
  readonly #changes = new AnnouncedChanges('enteredCounts');

  /** @param read counts one schedule; undefined if it does not exist */
  constructor(read: (scheduleId: number) => Promise<Entered | undefined>) {
    this.#read = read;
  }

  /** Notes changes made through any API process. */
  onAnnouncements(announcements: readonly Announcement[]): void {
    this.#changes.onAnnouncements(announcements);
  }

  /**
   * The counts: of up to 2,000 sold places as they are, of more at most a second old.
   * @returns undefined if the schedule does not exist
   * @throws errors of the read
   */
  of(scheduleId: number): Promise<Entered | undefined> {
    const known = this.#counts.get(scheduleId);
    if (known && this.#isFresh(known)) return known.found;
    // A count of a large schedule takes long, so it is shared also while it runs.
    const isSmall = known?.isSmall ?? true;
    const count = { found: this.#read(scheduleId), readAt: performance.now(), isSmall };
    this.#counts.set(scheduleId, count);
    const drop = () => {
      if (this.#counts.get(scheduleId) === count) this.#counts.delete(scheduleId);
    };
    count.found.then((found) => {
      if (found) count.isSmall = found.sold <= SMALL_PLACES;
      // A new schedule is found at once.
      else drop();
    }, drop);
    return count.found;
  }

  #isFresh({ readAt, isSmall }: Count): boolean {
    if (performance.now() - readAt >= COUNTED_MS) return false;
    return !isSmall || !this.#changes.mayBeMissingIn(readAt);
  }
}
