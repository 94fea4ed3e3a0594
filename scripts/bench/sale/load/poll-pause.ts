/** The pause between two polls of a user: the rule of `src/client/api/waiting-queue.ts`, with another longest pause. */

const POLLS_PER_WAIT = 12;
const PAUSE_MIN_SECONDS = 1;
const JITTER = 0.2;

/** @returns ms */
export function pollPauseMs(
  estimatedWaitSeconds: number,
  longestSeconds: number,
  random: () => number,
): number {
  const even = Math.max(PAUSE_MIN_SECONDS, estimatedWaitSeconds / POLLS_PER_WAIT);
  return 1000 * Math.min(longestSeconds, even) * (1 + JITTER * (2 * random() - 1));
}
