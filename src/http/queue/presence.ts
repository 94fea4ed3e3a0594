/**
 * Records which waiting users polled recently and which admitted users made their first request. The notes are kept in
 * memory and written in bulk. Only users near the front of the queue are recorded: for others presence does not matter
 * yet.
 */
import { LRUCache } from 'lru-cache';
import { RefreshTimer } from '../../runtime/refresh-timer.ts';

const WRITE_EVERY_MS = 1000;
/** After a write, an entry is not written again for this long, however often its user polls. */
const REWRITE_AFTER_MS = 10_000;
const REMEMBERED = { maxSize: 100_000, sizeCalculation: () => 1 };

/** Ids of queue entries. */
interface Notes {
  /** Waiting entries whose users polled. */
  seen: number[];
  /** Active entries whose users made a request with the queue token. */
  claimed: number[];
}

/** Writes notes. @returns the notes written; locked rows are skipped */
export type WritePresence = (notes: Notes) => Promise<Notes>;

export class Presence {
  readonly #write: WritePresence;
  readonly #written = new LRUCache<number, true>({ ...REMEMBERED, ttl: REWRITE_AFTER_MS });
  readonly #claimed = new LRUCache<number, true>(REMEMBERED);
  #seenNow = new Set<number>();
  #claimedNow = new Set<number>();
  readonly #timer = new RefreshTimer(() => this.flush(), WRITE_EVERY_MS);

  constructor(write: WritePresence) {
    this.#write = write;
  }

  start(): void {
    this.#timer.start();
  }

  stop(): void {
    this.#timer.stop();
  }

  noteSeen(entryId: number): void {
    if (!this.#written.has(entryId)) this.#seenNow.add(entryId);
  }

  noteClaimed(entryId: number): void {
    if (!this.#claimed.has(entryId)) this.#claimedNow.add(entryId);
  }

  /** Drops everything after a failover: writes may be lost, and entries may belong to other users. */
  forgetAll(): void {
    this.#written.clear();
    this.#claimed.clear();
    this.#seenNow.clear();
    this.#claimedNow.clear();
  }

  /**
   * Writes the notes made since the last flush. A claim whose row was skipped is kept, because its user may send no
   * other request before the slot goes to the next user. A skipped `seen` is not: the user's next poll renews it.
   */
  async flush(): Promise<void> {
    const [seen, claimed] = [[...this.#seenNow], [...this.#claimedNow]];
    if (seen.length === 0 && claimed.length === 0) return;
    this.#seenNow = new Set();
    this.#claimedNow = new Set();
    const written = await this.#write({ seen, claimed }).catch((error) => {
      for (const id of claimed) this.#claimedNow.add(id);
      throw error;
    });
    for (const id of written.seen) this.#written.set(id, true);
    for (const id of written.claimed) this.#claimed.set(id, true);
    for (const id of claimed) if (!this.#claimed.has(id)) this.#claimedNow.add(id);
  }
}
