/** Cancels the draw of a concert. Users who gathered keep their numbers, and admission goes on. */
import { strict as assert } from 'node:assert';
import type { CancelDraw } from '../../../src/commands/queue/cancel-draw.ts';
import { decideCancelledDraw, drawOfConcert } from '../../../src/domain/draws.ts';
import { type Handler, rejected, succeeded } from '../handler.ts';
import { toAnnouncedDraw } from '../to-resource.ts';

export const handleCancelDraw: Handler<CancelDraw> = {
  isOperators: true,
  needs: ({ concertId }) => ({ concertIds: [concertId], queueOfConcerts: true }),

  apply({ command: { input, acceptedAt }, rows, now }) {
    const { concertId } = input;
    const concert = rows.concerts.get(concertId);
    const draw = drawOfConcert(rows.draws.values(), concert);
    const concertExists = concert !== undefined;
    const decision = decideCancelledDraw({ concertId, concertExists, draw, acceptedAt, now });
    if (decision.refusal) return rejected(decision.refusal);
    assert(draw, 'A draw can be changed, but the concert has none.');
    rows.operatorLog.noteBefore(toAnnouncedDraw(draw));
    rows.draws.change(draw, decision.change);
    return succeeded(toAnnouncedDraw(draw));
  },
};
