/**
 * The server's time in the browser. Holds and sessions end by the server's clock, and the device's clock may be minutes
 * off. The `Date` header of each response corrects it.
 */

/** The header has whole seconds. If it lags by more than this, the server's clock was set back. */
const BEHIND_MS_MAX = 2500;

let offsetMs: number | undefined;

/** The server's time, in ms since 1970. */
export function serverNow(): number {
  return (offsetMs ?? performance.timeOrigin) + performance.now();
}

/** @param date the `Date` header of a response that has just arrived; it is never ahead of the server's clock */
export function setClockBy(date: string | null): void {
  const receivedMs = Date.parse(date ?? '') - performance.now();
  if (Number.isNaN(receivedMs)) return;
  const isLater = offsetMs === undefined || receivedMs > offsetMs;
  if (isLater || (offsetMs as number) - receivedMs > BEHIND_MS_MAX) offsetMs = receivedMs;
}

/** The whole seconds until a time, rounded down, at least 0. */
export function secondsUntil(time: string): number {
  return Math.max(0, Math.floor((Date.parse(time) - serverNow()) / 1000));
}
