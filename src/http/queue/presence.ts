/**
 * Who of the waiting has looked lately, and who of the admitted has come: kept in memory, written in
 * bulk. Only those near the front are written at all: for the others it makes no difference yet.
 */
import { LRUCache } from 'lru-cache';

const WRITE_EVERY_MS = 1000;
/** A place that was written is not written again for so long, however often its user looks. */
const WRITTEN_HOLDS_MS = 10_000;
const REMEMBERED = { maxSize: 100_000, sizeCalculation: () => 1 };

/** Numbers of waiting places that were seen, and of active ones that were used. */
interface Notes {
  seen: number[];
  claimed: number[];
}

/** Writes notes. @returns those that are written; a row that is locked is skipped */
export type WritePresence = (notes: Notes) => Promise<Notes>;

export class Presence {
  readonly #write: WritePresence;
  readonly #written = new LRUCache<number, true>({ ...REMEMBERED, ttl: WRITTEN_HOLDS_MS });
  readonly #claimed = new LRUCache<number, true>(REMEMBERED);
  #seenNow = new Set<number>();
  #claimedNow = new Set<number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(write: WritePresence) {
    this.#write = write;
  }

  start(): void {
    this.#timer = setInterval(() => this.flush().catch(() => undefined), WRITE_EVERY_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  noteSeen(number: number): void {
    if (!this.#written.has(number)) this.#seenNow.add(number);
  }

  noteClaimed(number: number): void {
    if (!this.#claimed.has(number)) this.#claimedNow.add(number);
  }

  /** PostgreSQL may have gone back in time: what was written may be gone, and numbers may be others' places. */
  forgetAll(): void {
    this.#written.clear();
    this.#claimed.clear();
    this.#seenNow.clear();
    this.#claimedNow.clear();
  }

  /**
   * Writes what was noted since the last time. A skipped claim stays noted, because its user may send no other
   * request before the slot passes on. A skipped look is noted again with the user's next one.
   */
  async flush(): Promise<void> {
    const [seen, claimed] = [[...this.#seenNow], [...this.#claimedNow]];
    if (seen.length === 0 && claimed.length === 0) return;
    this.#seenNow = new Set();
    this.#claimedNow = new Set();
    const written = await this.#write({ seen, claimed }).catch((error) => {
      for (const number of claimed) this.#claimedNow.add(number);
      throw error;
    });
    for (const number of written.seen) this.#written.set(number, true);
    for (const number of written.claimed) this.#claimed.set(number, true);
    for (const number of claimed) if (!this.#claimed.has(number)) this.#claimedNow.add(number);
  }
}
