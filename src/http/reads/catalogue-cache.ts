/**
 * Keeps lists of concerts and schedules for a moment: they are the same for all users, and all buyers read them in the second in
 * which a sale opens. A command that changes them, through any API process, drops all.
 */
import { LRUCache } from 'lru-cache';
import type { EpochMs } from '../../commands/epoch-ms.ts';
import type { Announcement } from '../../lanes/announcements.ts';
import { isChangedBy } from './announced-changes.ts';

/** How old rows may be, so that a lost announcement is repaired, in ms. */
const KEPT_MS = 1000;
/** A row takes about half a kilobyte. */
const ROWS_MAX = 10_000;

interface Wanted<Row> {
  /** Reads the rows; they are shared and must not be modified. */
  read(): Promise<Row[]>;
  /** When a row looks different without a command, such as at the opening of a sale. ISO 8601; times that are over do not count. */
  changesAt?(row: Row): readonly string[];
}

type Rows = readonly object[];

export class CatalogueCache {
  readonly #now: () => EpochMs;
  readonly #kept = new LRUCache<string, Rows, Wanted<never>>({
    maxSize: ROWS_MAX,
    sizeCalculation: (rows) => rows.length + 1,
    ttl: KEPT_MS,
    // The clock of this moment; by default it is read once a millisecond.
    perf: { now: () => performance.now() },
    ttlResolution: 0,
    // A request that waits for rows gets them, even if they are dropped meanwhile. The next request reads them again.
    ignoreFetchAbort: true,
    fetchMethod: async (_key, _stale, { options, context }) => {
      const rows = await context.read();
      options.ttl = this.#msUntilChange(rows, context);
      return rows;
    },
  });

  /** @param now PostgreSQL's time */
  constructor(now: () => EpochMs) {
    this.#now = now;
  }

  /**
   * The rows as they were at most a second ago, or later than the last announced change. Concurrent requests share one read.
   * @param key identifies everything the rows depend on
   * @throws errors of the read
   */
  async rows<Row extends object>(key: string, wanted: Wanted<Row>): Promise<readonly Row[]> {
    const context = wanted as Wanted<never>;
    return ((await this.#kept.fetch(key, { context })) ?? []) as readonly Row[];
  }

  onAnnouncements(announcements: readonly Announcement[]): void {
    if (isChangedBy('catalogue', announcements)) this.forgetAll();
  }

  forgetAll(): void {
    this.#kept.clear();
  }

  #msUntilChange(rows: Rows, { changesAt }: Wanted<never>): number {
    const now = this.#now();
    const times = changesAt ? rows.flatMap((row) => changesAt(row as never)) : [];
    const left = times.map((time) => Date.parse(time) - now).filter((ms) => ms > 0);
    return Math.max(1, Math.min(KEPT_MS, ...left));
  }
}
