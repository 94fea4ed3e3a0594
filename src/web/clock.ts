/**
 * The server's time in the browser. Holds and sessions end by the server's clock, and the device's clock may be minutes
 * off. The `Date` header of each response corrects it.
 */

/** The header has whole seconds. If it lags by more than this, the server's clock was set back. */
const BEHIND_MS_MAX = 2500;

/** If the device's clock runs ahead of `performance.now()` by more at once, the device was asleep, or its clock was set. */
const SLEPT_MS_MIN = BEHIND_MS_MAX;

let offsetMs: number | undefined;
let sleptMs = 0;
let aheadMs = Date.now() - performance.now();

/** The time since the page was opened, in ms. `performance.now()` stands in some browsers while the device sleeps. */
function elapsed(): number {
  const now = performance.now();
  const newAheadMs = Date.now() - now;
  // If the clock was set instead, the next response corrects what is wrong.
  if (newAheadMs - aheadMs > SLEPT_MS_MIN) sleptMs += newAheadMs - aheadMs;
  aheadMs = newAheadMs;
  return now + sleptMs;
}

/** The server's time, in ms since 1970. */
export function serverNow(): number {
  return (offsetMs ?? performance.timeOrigin) + elapsed();
}

/** @param date the `Date` header of a response that has just arrived; it is never ahead of the server's clock */
export function setClockBy(date: string | null): void {
  const receivedMs = Date.parse(date ?? '') - elapsed();
  if (Number.isNaN(receivedMs)) return;
  const isLater = offsetMs === undefined || receivedMs > offsetMs;
  if (isLater || (offsetMs as number) - receivedMs > BEHIND_MS_MAX) offsetMs = receivedMs;
}

/** The ms until a time; negative once it is over. */
export function msUntil(time: string): number {
  return Date.parse(time) - serverNow();
}

/** The whole seconds until a time, rounded down, at least 0. */
export function secondsUntil(time: string): number {
  return Math.max(0, Math.floor(msUntil(time) / 1000));
}
