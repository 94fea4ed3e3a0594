/**
 * Requests that wait until a payment page is open (`Prefer: wait=N`). The announcement of the outcome wakes them. It can be
 * missed (a reconnect to Redis), so they also read the checkout again each second.
 */
import { checkoutOpened } from '../../commands/money/checkout-opened.ts';
import { settleCheckout } from '../../commands/money/settle-checkout.ts';
import { resultOf } from '../../commands/result-of.ts';
import type { FoundCheckout } from '../../db/reads/money/checkouts.ts';
import type { Announcement } from '../../lanes/announcements.ts';
import type { Wait } from './waits.ts';

/** The interval at which a waiting request reads again, in ms; longer if very many are waiting. */
const REREAD_MS = 1000;
/** The limit of these reads per second. */
const REREADS_PER_SECOND = 2000;

type Read = (checkoutId: number) => Promise<FoundCheckout | undefined>;

export class CheckoutWaits {
  readonly #read: Read;
  /** What wakes the requests, by checkout. */
  readonly #waiting = new Map<number, Set<() => void>>();
  #count = 0;
  #isStopping = false;

  constructor(read: Read) {
    this.#read = read;
  }

  /** Wakes the requests that wait for one of these checkouts. */
  onAnnouncements(announcements: readonly Announcement[]): void {
    if (this.#count === 0) return;
    for (const announcement of announcements) {
      const checkoutId = checkoutIdIn(announcement);
      if (checkoutId !== undefined) this.#wake(checkoutId);
    }
  }

  /** @returns the checkout once its page is open or it is over, or as it is when the wait ends */
  async untilOpened(found: FoundCheckout, wait: Wait): Promise<FoundCheckout> {
    if (!isOpening(found) || !wait.isGranted) return found;
    return wait.during((signal) => this.#watch(found, performance.now() + wait.waitMs, signal));
  }

  /** Ends all waits, so that no request hangs while the process stops. */
  stopWaiting(): void {
    this.#isStopping = true;
    for (const checkoutId of this.#waiting.keys()) this.#wake(checkoutId);
  }

  /** @param endsAt on the clock of `performance`, in ms */
  async #watch(first: FoundCheckout, endsAt: number, signal: AbortSignal): Promise<FoundCheckout> {
    const { id } = first.checkout;
    let found = first;
    for (;;) {
      const leftMs = endsAt - performance.now();
      if (leftMs <= 0 || signal.aborted || this.#isStopping) return found;
      const rereadMs = Math.max(REREAD_MS, (this.#count / REREADS_PER_SECOND) * 1000);
      // Listens before it reads, so that it cannot miss an announcement in between.
      const sign = this.#listen(id, Math.min(leftMs, rereadMs), signal);
      try {
        found = (await this.#read(id)) ?? found;
        if (!isOpening(found)) return found;
        await sign.received;
      } finally {
        sign.stop();
      }
    }
  }

  #listen(checkoutId: number, ms: number, signal: AbortSignal) {
    const { promise: received, resolve } = Promise.withResolvers<void>();
    const wakes = this.#waiting.get(checkoutId) ?? new Set();
    this.#waiting.set(checkoutId, wakes.add(resolve));
    this.#count += 1;
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => resolve(), { once: true });
    const stop = () => {
      clearTimeout(timer);
      this.#count -= 1;
      wakes.delete(resolve);
      if (wakes.size === 0) this.#waiting.delete(checkoutId);
    };
    return { received, stop };
  }

  #wake(checkoutId: number): void {
    for (const wake of this.#waiting.get(checkoutId) ?? []) wake();
  }
}

const isOpening = ({ checkout }: FoundCheckout) => checkout.state === 'opening';

/** The checkout that the outcome of a command has changed. */
function checkoutIdIn(announcement: Announcement): number | undefined {
  const checkout =
    resultOf(checkoutOpened, announcement) ?? resultOf(settleCheckout, announcement)?.checkout;
  // Both may have found that a failover has lost the checkout.
  return checkout?.id;
}
