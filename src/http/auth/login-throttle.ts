/**
 * Slows down whoever guesses the operators' password: after some failures an address has to wait. A login that succeeds
 * changes nothing: it may be that of an operator whose board polls from behind the same address.
 */
import { LRUCache } from 'lru-cache';
import { networkOf } from './client-address.ts';

/** Failures of one address before it has to wait. */
export const FAILURES_MAX = 10;
/** How long it waits after the last of them, and how long a failure is remembered, in ms. */
const WAIT_MS = 60_000;
/** Addresses whose failures are remembered; the one that failed longest ago is forgotten first. */
const ADDRESSES_MAX = 10_000;

interface Failures {
  count: number;
  /** In ms since 1970. */
  lastAt: number;
}

export class LoginThrottle {
  readonly #now: () => number;
  readonly #failures = new LRUCache<string, Failures>({ max: ADDRESSES_MAX });

  /** @param now in ms since 1970 */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** How long an address has to wait before its next login is looked at, in whole seconds; 0 where it need not. */
  secondsToWait(address: string): number {
    const failures = this.#recent(address);
    if (failures === undefined || failures.count < FAILURES_MAX) return 0;
    return Math.ceil((failures.lastAt + WAIT_MS - this.#now()) / 1000);
  }

  /** Remembers that a login from an address has failed. */
  noteFailure(address: string): void {
    const count = (this.#recent(address)?.count ?? 0) + 1;
    this.#failures.set(networkOf(address), { count, lastAt: this.#now() });
  }

  #recent(address: string): Failures | undefined {
    const failures = this.#failures.get(networkOf(address));
    return failures && failures.lastAt + WAIT_MS > this.#now() ? failures : undefined;
  }
}
