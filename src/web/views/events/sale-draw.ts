/** Whether a draw decides the order of a concert's sale. */
import type { Draw } from '../../../client/index.ts';

type SaleDraw = Pick<Draw, 'concertId' | 'gathersAt' | 'cancelledAt' | 'drawnAt'>;

/**
 * Whether the draw is to come, and the concert's own or already stops the admission of its queue. A draw of another concert that
 * gathers later does not concern who enters now.
 * @param now in ms since 1970, by the server's clock
 */
export function concernsSale(draw: SaleDraw, concertId: number, now: number): boolean {
  if (draw.cancelledAt !== null || draw.drawnAt !== null) return false;
  return draw.concertId === concertId || Date.parse(draw.gathersAt) <= now;
}
