/** The time until a sale opens, by the server's clock. */
import { useEffect } from 'preact/hooks';
import { msUntil } from '../../clock.ts';
import { useTick } from '../../hooks.ts';
import { clockFace, type Words } from '../../texts.ts';

/** Pages of all buyers reach zero at once; each reads the sale again after a pause of its own of up to this, in ms. */
const SPREAD_MS = 2000;
/** The clock of the API may be a little ahead of the database's, which opens the sale. So a sale that is not open yet is read again, in ms. */
const AGAIN_MS = 3000;
const SECONDS_PER_DAY = 86_400;

/**
 * @param time ISO 8601; undefined for no countdown
 * @param onOver called up to 2 s after the time has come, and again every few seconds as long as there is a countdown to it
 * @returns the seconds that are left, rounded up
 */
export function useCountdown(time: string | undefined, onOver: () => void): number {
  useTick(time !== undefined);
  const leftMs = time === undefined ? 0 : Math.max(0, msUntil(time));
  const isOver = time !== undefined && leftMs === 0;
  useEffect(() => {
    if (!isOver) return;
    const pause = () => Math.random() * SPREAD_MS;
    const tell = () => {
      onOver();
      timer = setTimeout(tell, AGAIN_MS + pause());
    };
    let timer = setTimeout(tell, pause());
    return () => clearTimeout(timer);
  }, [isOver, time]);
  return Math.ceil(leftMs / 1000);
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
