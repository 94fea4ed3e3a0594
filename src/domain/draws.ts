/** The rules for a draw, which decides the order of the waiting queue. */
import { type Decision, refuse } from './reasons.ts';

export interface DrawTimes {
  /** From then on users can enter the queue, and nobody is admitted. */
  gathersAt: Date;
  /** When the order is drawn and admission starts. */
  opensAt: Date;
}

/** Decides whether a draw can be announced: once for each concert, and before `opensAt`. */
export function decideDraw(input: {
  concertId: number;
  concertExists: boolean;
  isAnnounced: boolean;
  times: DrawTimes;
  acceptedAt: Date;
}): Decision<DrawTimes> {
  const { concertId, times } = input;
  if (!input.concertExists) {
    return refuse('CONCERT_NOT_FOUND', `There is no concert ${concertId}.`);
  }
  if (input.isAnnounced) {
    return refuse(
      'DRAW_ALREADY_ANNOUNCED',
      `A draw for concert ${concertId} is already announced.`,
    );
  }
  if (times.opensAt <= input.acceptedAt) {
    return refuse(
      'DRAW_IN_THE_PAST',
      `\`opensAt\` (${times.opensAt.toISOString()}) is in the past.`,
    );
  }
  return { change: times };
}
