/**
 * Which queue entries are active, from memory for some seconds, but not beyond the expiry that was read last. Then the row is read
 * again: orders prolong their entry, and a session may end before that, when an order is given back. Until then a missed end only lets
 * its user read on: the worker checks the entry of each command.
 */
import { LRUCache } from 'lru-cache';
import { payBooking } from '../../commands/bookings/pay-booking.ts';
import type { EpochMs } from '../../commands/epoch-ms.ts';
import { settleCheckout } from '../../commands/money/settle-checkout.ts';
import { payOrder } from '../../commands/orders/pay-order.ts';
import { leaveQueue } from '../../commands/queue/leave-queue.ts';
import { resultOf } from '../../commands/result-of.ts';
import type { Announcement } from '../../lanes/announcements.ts';

/** How long a user can read on whose session has ended early, in ms. */
const REMEMBERED_MS = 5000;
const REMEMBERED = { maxSize: 200_000, sizeCalculation: () => 1 };

export interface ActiveEntriesDeps {
  /** Reads when an active entry expires, in ms since 1970; undefined if it is not active. */
  activeUntil(entryId: number): Promise<EpochMs | undefined>;
  /** In ms since 1970, by PostgreSQL's clock. */
  now(): EpochMs;
}

export class ActiveEntries {
  readonly #deps: ActiveEntriesDeps;
  /** Until when active entries are taken for active, by id. */
  readonly #known = new LRUCache<number, EpochMs>(REMEMBERED);

  constructor(deps: ActiveEntriesDeps) {
    this.#deps = deps;
  }

  /** Whether the entry with this id is active. */
  async isActive(entryId: number): Promise<boolean> {
    const knownUntil = this.#known.get(entryId);
    if (knownUntil !== undefined && this.#deps.now() < knownUntil) return true;
    const until = await this.#deps.activeUntil(entryId);
    if (until === undefined) this.#known.delete(entryId);
    else this.#known.set(entryId, Math.min(until, this.#deps.now() + REMEMBERED_MS));
    return until !== undefined;
  }

  /** Makes the next check of an entry read its row. */
  forget(entryId: number): void {
    this.#known.delete(entryId);
  }

  forgetAll(): void {
    this.#known.clear();
  }
}

/** The queue entry that a command may have ended: its user has left, or has paid, with points or by card, and holds no other order. */
export function endedEntryIn(announcement: Announcement): number | undefined {
  const paid = resultOf(payOrder, announcement) ?? resultOf(payBooking, announcement);
  if (paid) return announcement.entryId;
  return resultOf(leaveQueue, announcement)?.id ?? resultOf(settleCheckout, announcement)?.entryId;
}
