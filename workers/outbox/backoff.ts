/** When a failed call to a payment provider is tried again. */

/** Maximum of tries of one job. They spread over 45 s to two minutes; then the call is offered again (`offer-calls.ts`). */
export const TRIES_MAX = 8;
const FIRST_MS = 1000;
const LONGEST_MS = 10_000;
/** The share by which a delay is shorter or longer at random, so that calls that failed together are not repeated together. */
const JITTER = 0.3;

/**
 * Exponential backoff with a limit and jitter.
 * @param triesMade from 1
 * @param random from 0 to 1
 * @returns the delay before the next try, in ms
 */
export function retryDelay(triesMade: number, random = Math.random()): number {
  const delay = Math.min(FIRST_MS * 2 ** (triesMade - 1), LONGEST_MS);
  return Math.round(delay * (1 - JITTER + 2 * JITTER * random));
}
