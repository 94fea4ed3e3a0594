/** The time until a sale opens, by the server's clock. */
import { msUntil } from '../../clock.ts';
import { type Query, usePolling, useTick } from '../../hooks.ts';
import { clockFace, type Words } from '../../texts.ts';

/** The clock of the API may be a little ahead of the database's, which opens sales. So a list is read until they are open, in ms. */
export const AGAIN_MS = 2000;
const SECONDS_PER_DAY = 86_400;

/**
 * @param time ISO 8601; undefined for no countdown
 * @returns the seconds that are left, rounded up
 */
export function useCountdown(time: string | undefined): number {
  useTick(time !== undefined);
  return time === undefined ? 0 : Math.ceil(Math.max(0, msUntil(time)) / 1000);
}

/**
 * Reads a list again from the moment at which the first of these sales opens, until none of them is ahead any more.
 * @param times when the sales open that were ahead at the last read, ISO 8601
 */
export function useOpenings(query: Query<unknown>, times: readonly string[]): void {
  useTick(times.length > 0);
  usePolling(
    query,
    AGAIN_MS,
    times.some((time) => msUntil(time) <= 0),
  );
}

/** Such as `2 days 03:04:05`, or `4:05` in the last hour. */
export function countdownText({ t }: Words, seconds: number): string {
  const days = Math.floor(seconds / SECONDS_PER_DAY);
  const rest = seconds % SECONDS_PER_DAY;
  const hours = Math.floor(rest / 3600);
  const face =
    hours > 0 || days > 0 ? `${hours}:${clockFace(rest % 3600).padStart(5, '0')}` : clockFace(rest);
  return days > 0 ? `${t.days(days)} ${face}` : face;
}
