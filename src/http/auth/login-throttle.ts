/**
 * Slows down password guessing: after FAILURES_MAX failed logins an address has to wait. A successful login does not
 * reset the count, because it may come from an operator's board that polls from behind the same address.
 */
import { LRUCache } from 'lru-cache';
import type { EpochMs } from '../../commands/epoch-ms.ts';
import { networkOf } from './client-address.ts';

/** Failed logins of one address before it has to wait. */
export const FAILURES_MAX = 10;
/** How long an address waits after its last failure, and how long a failure is remembered, in ms. */
const WAIT_MS = 60_000;
/** Addresses whose failures are remembered; the least recent failure is evicted first. */
const ADDRESSES_MAX = 10_000;

interface Failures {
  count: number;
  /** In ms since 1970. */
  lastAt: EpochMs;
}

export class LoginThrottle {
  readonly #now: () => EpochMs;
  readonly #failures = new LRUCache<string, Failures>({ max: ADDRESSES_MAX });

  /** @param now in ms since 1970 */
  constructor(now: () => EpochMs) {
    this.#now = now;
  }

  /** How long an address has to wait before its next login is checked, in whole seconds; 0 if it need not wait. */
  secondsToWait(address: string): number {
    const failures = this.#recent(address);
    if (failures === undefined || failures.count < FAILURES_MAX) return 0;
    return Math.ceil((failures.lastAt + WAIT_MS - this.#now()) / 1000);
  }

  /** Counts a failed login from an address. */
  countFailure(address: string): void {
    const count = (this.#recent(address)?.count ?? 0) + 1;
    this.#failures.set(networkOf(address), { count, lastAt: this.#now() });
  }

  #recent(address: string): Failures | undefined {
    const failures = this.#failures.get(networkOf(address));
    return failures && failures.lastAt + WAIT_MS > this.#now() ? failures : undefined;
  }
}
