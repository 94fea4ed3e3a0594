/** How long to wait before asking again. */

const FIRST_MS = 250;
const LONGEST_MS = 10_000;
/** Those who were told the same time come back spread over a quarter of it. */
const SPREAD = 0.25;
/** A day: who says more is not believed. */
const RETRY_AFTER_MS_MAX = 24 * 3_600_000;

/**
 * @param tries how often it was tried in vain, from 1
 * @param askedForMs what the API asked for; never undercut
 * @returns in ms
 */
export function backoffMs(tries: number, askedForMs: number, random = Math.random): number {
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** (tries - 1));
  const scattered = longest * (0.5 + 0.5 * random());
  return Math.max(scattered, askedForMs * (1 + SPREAD * random()));
}

/**
 * What `Retry-After` says, in ms; 0 where it is missing or makes no sense. A date is held against the answer's
 * own `Date`, so that it does not matter how this machine's clock is set.
 */
export function retryAfterMs(headers: Headers): number {
  const given = headers.get('retry-after')?.trim() ?? '';
  const ms = /^\d+$/.test(given)
    ? Number(given) * 1000
    : Date.parse(given) - Date.parse(headers.get('date') ?? '');
  return ms > 0 ? Math.min(ms, RETRY_AFTER_MS_MAX) : 0;
}
