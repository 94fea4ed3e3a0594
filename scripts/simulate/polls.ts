/** How often those who wait look at their place, as the page and the client library have it. */

/** Looks over the whole estimated wait, and the shortest and longest pause between two, in s. */
const LOOKS_A_WAIT = 12;
const PAUSE_MIN = 1;
const PAUSE_MAX = 15;

/** The pause between two looks of somebody who is told to wait so long; both in s. */
export function pauseAfter(estimatedWaitSeconds: number): number {
  return Math.min(PAUSE_MAX, Math.max(PAUSE_MIN, estimatedWaitSeconds / LOOKS_A_WAIT));
}

/**
 * All looks a second of a queue: the sum of 1 / pause over all who wait.
 * @param admitPerSecond by which waits are estimated
 */
export function pollsPerSecond(waiting: number, admitPerSecond: number): number {
  // Up to here everybody looks as often as they may, and from there as seldom.
  const near = PAUSE_MIN * LOOKS_A_WAIT * admitPerSecond;
  const far = PAUSE_MAX * LOOKS_A_WAIT * admitPerSecond;
  const nearest = Math.min(waiting, near) / PAUSE_MIN;
  const between =
    waiting > near ? LOOKS_A_WAIT * admitPerSecond * Math.log(Math.min(waiting, far) / near) : 0;
  const farthest = Math.max(0, waiting - far) / PAUSE_MAX;
  return nearest + between + farthest;
}
