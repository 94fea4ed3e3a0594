/** The time until a sale opens, by the server's clock. */
import { useEffect } from 'preact/hooks';
import { secondsUntil } from '../../clock.ts';
import { useTick } from '../../hooks.ts';
import { clockFace, type Words } from '../../texts.ts';

/** Pages of all buyers reach zero at once; each reads the sale again after a pause of its own of up to this, in ms. */
const SPREAD_MS = 2000;
const SECONDS_PER_DAY = 86_400;

/**
 * @param time ISO 8601; undefined for no countdown
 * @param onOver called once, up to 2 s after the time has come
 * @returns the whole seconds that are left
 */
export function useCountdown(time: string | undefined, onOver: () => void): number {
  useTick(time !== undefined);
  const left = time === undefined ? 0 : secondsUntil(time);
  const isOver = time !== undefined && left === 0;
  useEffect(() => {
    if (!isOver) return;
    const timer = setTimeout(onOver, Math.random() * SPREAD_MS);
    return () => clearTimeout(timer);
  }, [isOver, time]);
  return left;
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
