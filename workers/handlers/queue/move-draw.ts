/** Moves the draw of a concert to other times. Its seed stays, as it does if the draw is cancelled while users gather and announced again. */
import type { moveDraw } from '../../../src/commands/queue/move-draw.ts';
import { decideMovedDraw, otherOpenDraws } from '../../../src/domain/draws.ts';
import type { HandlerOf } from '../handler.ts';
import { changeDraw } from './change-draw.ts';

export const handleMoveDraw: HandlerOf<typeof moveDraw> = {
  isOperators: true,
  needs: ({ concertId }) => ({
    draws: { concertIds: [concertId], withOthersOfQueues: true },
  }),

  apply(applying) {
    const { command, rows, now } = applying;
    const { gathersAt, opensAt } = command.input;
    const times = { gathersAt: new Date(gathersAt), opensAt: new Date(opensAt) };
    return changeDraw(applying, (given) => {
      const { draw } = given;
      const others = otherOpenDraws(rows.draws.values(), draw?.queueId, draw);
      const decision = decideMovedDraw({ ...given, others, times });
      if (decision.refusal) return decision;
      return { change: { ...decision.change, hasBegun: times.gathersAt <= now } };
    });
  },
};
