/** The rules of drawing the order of the waiting queue. */
import { type Decision, refuse } from './reasons.ts';

export interface DrawTimes {
  gathersAt: Date;
  opensAt: Date;
}

/** Decides whether a draw can be announced: once a concert, and before it happens. */
export function decideDraw(input: {
  concertId: number;
  isConcertThere: boolean;
  isAnnounced: boolean;
  times: DrawTimes;
  acceptedAt: Date;
}): Decision<DrawTimes> {
  const { concertId, times } = input;
  if (!input.isConcertThere) {
    return refuse('CONCERT_NOT_FOUND', `There is no concert ${concertId}.`);
  }
  if (input.isAnnounced) {
    return refuse('DRAW_ALREADY_ANNOUNCED', `The draw for concert ${concertId} is announced.`);
  }
  if (times.opensAt <= input.acceptedAt) {
    return refuse('DRAW_IN_THE_PAST', `${times.opensAt.toISOString()} is over already.`);
  }
  return { change: times };
}
