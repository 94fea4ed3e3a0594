/**
 * The server's time in the browser: holds and sessions end by it, and a phone's own clock may be minutes off.
 * Each answer of the API sets it by its `Date` header.
 */

/** A header counts in whole seconds: one that is further behind than this means that the clock was set back. */
const BEHIND_MS_MAX = 2500;

let offsetMs: number | undefined;

/** The server's time, in ms since 1970. */
export function serverNow(): number {
  return (offsetMs ?? performance.timeOrigin) + performance.now();
}

/** @param date the header, as it came just now: never later than the true time */
export function setClockBy(date: string | null): void {
  const heardMs = Date.parse(date ?? '') - performance.now();
  if (Number.isNaN(heardMs)) return;
  const isLater = offsetMs === undefined || heardMs > offsetMs;
  if (isLater || (offsetMs as number) - heardMs > BEHIND_MS_MAX) offsetMs = heardMs;
}

/** Whole seconds until a time, never less than 0; rather one too few than one too many. */
export function secondsUntil(time: string): number {
  return Math.max(0, Math.floor((Date.parse(time) - serverNow()) / 1000));
}
