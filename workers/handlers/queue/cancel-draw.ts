/** Cancels the draw of a concert. Users who gathered keep their numbers, and admission goes on. */
import type { CancelDraw } from '../../../src/commands/queue/cancel-draw.ts';
import { decideCancelledDraw } from '../../../src/domain/draws.ts';
import type { Handler } from '../handler.ts';
import { changeDraw, drawNeeds } from './change-draw.ts';

export const handleCancelDraw: Handler<CancelDraw> = {
  isOperators: true,
  needs: drawNeeds,

  apply: (applying) =>
    changeDraw(applying, (given) => decideCancelledDraw({ ...given, now: applying.now })),
};
