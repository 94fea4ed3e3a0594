/** How often waiting users poll their queue entry: the model of the rule in `src/client/api/waiting-queue.ts`. */

export const POLLS_PER_WAIT = 12;
/** The shortest and longest delay between two polls of a user, in s. */
const DELAY_MIN = 1;
const DELAY_MAX = 15;

/**
 * The polls per second of a whole queue: the sum of 1 / delay over all waiting users.
 * @param admitPerSecond the rate of admission, from which waits are estimated
 * @param longest the longest delay, in s
 */
export function pollsPerSecond(
  waiting: number,
  admitPerSecond: number,
  longest = DELAY_MAX,
): number {
  // Users up to position `near` poll after the shortest delay, users beyond `far` after the longest.
  const near = DELAY_MIN * POLLS_PER_WAIT * admitPerSecond;
  const far = longest * POLLS_PER_WAIT * admitPerSecond;
  const nearest = Math.min(waiting, near) / DELAY_MIN;
  const between =
    waiting > near ? POLLS_PER_WAIT * admitPerSecond * Math.log(Math.min(waiting, far) / near) : 0;
  const farthest = Math.max(0, waiting - far) / longest;
  return nearest + between + farthest;
}
