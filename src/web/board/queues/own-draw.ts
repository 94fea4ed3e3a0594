/** Which draw the board shows for a concert as its own, and which only as information. */
import type { Draw } from '../../../client/index.ts';

/** The draw of a concert, and the one of another concert of its queue; null without one. */
export interface ShownDraws {
  own: Draw | null;
  foreign: Draw | null;
}

/** @param draw the draw that a read shows for the concert: its own, or one of another concert for which users of the same queue gather */
export function ownDraw(draw: Draw | null, concertId: number): ShownDraws {
  const isOwn = draw?.concertId === concertId;
  return { own: isOwn ? draw : null, foreign: isOwn ? null : draw };
}
