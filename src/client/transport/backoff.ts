/** The delay before a retry. */

const FIRST_MS = 250;
const LONGEST_MS = 10_000;
/** Clients that received the same `Retry-After` spread their retries over a further quarter of it. */
const SPREAD = 0.25;
/** Retry-After is capped at one day. */
const RETRY_AFTER_MS_MAX = 24 * 3_600_000;

/**
 * @param tries the number of failed tries so far, from 1
 * @param minimumMs the delay that the API demanded, in ms
 * @returns the delay in ms, with jitter, at least `minimumMs`
 */
export function backoffMs(tries: number, minimumMs: number, random = Math.random): number {
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** (tries - 1));
  const jittered = longest * (0.5 + 0.5 * random());
  return Math.max(jittered, minimumMs * (1 + SPREAD * random()));
}

/**
 * The delay that `Retry-After` demands, in ms; 0 if the header is missing or invalid. A date is compared with the
 * response's `Date` header, so that the clock of this machine does not matter.
 */
export function retryAfterMs(headers: Headers): number {
  const given = headers.get('retry-after')?.trim() ?? '';
  const ms = /^\d+$/.test(given)
    ? Number(given) * 1000
    : Date.parse(given) - Date.parse(headers.get('date') ?? '');
  return ms > 0 ? Math.min(ms, RETRY_AFTER_MS_MAX) : 0;
}
