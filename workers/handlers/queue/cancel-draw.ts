/** Cancels the draw of a concert. Users who gathered keep their numbers, and admission goes on. */
import type { cancelDraw } from '../../../src/commands/queue/cancel-draw.ts';
import { decideCancelledDraw } from '../../../src/domain/draws.ts';
import type { HandlerOf } from '../handler.ts';
import { changeDraw } from './change-draw.ts';

export const handleCancelDraw: HandlerOf<typeof cancelDraw> = {
  isOperators: true,
  needs: ({ concertId }) => ({ draws: { concertIds: [concertId] } }),

  apply: (applying) =>
    changeDraw(applying, (given) => decideCancelledDraw({ ...given, now: applying.now })),
};
