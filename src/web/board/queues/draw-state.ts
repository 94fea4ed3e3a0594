/** The state of a draw at a moment. */
import type { Draw } from '../../../client/index.ts';

type DrawTimes = Pick<Draw, 'gathersAt' | 'opensAt' | 'cancelledAt' | 'closedAt' | 'drawnAt'>;

/** @param now in ms since 1970, by the server's clock */
export function drawState(
  { gathersAt, opensAt, cancelledAt, closedAt, drawnAt }: DrawTimes,
  now: number,
): 'announced' | 'gathering' | 'drawing' | 'drawn' | 'cancelled' {
  if (cancelledAt !== null) return 'cancelled';
  if (drawnAt !== null) return 'drawn';
  if (closedAt !== null || now >= Date.parse(opensAt)) return 'drawing';
  return now >= Date.parse(gathersAt) ? 'gathering' : 'announced';
}
