/** Moves the draw of a concert to other times. Its seed stays, as it does if the draw is cancelled while users gather and announced again. */
import { strict as assert } from 'node:assert';
import type { MoveDraw } from '../../../src/commands/queue/move-draw.ts';
import { decideMovedDraw, drawOfConcert } from '../../../src/domain/draws.ts';
import { type Handler, rejected, succeeded } from '../handler.ts';
import { toAnnouncedDraw } from '../to-resource.ts';

export const handleMoveDraw: Handler<MoveDraw> = {
  isOperators: true,
  needs: ({ concertId }) => ({ concertIds: [concertId], queueOfConcerts: true }),

  apply({ command: { input, acceptedAt }, rows, now }) {
    const { concertId } = input;
    const concert = rows.concerts.get(concertId);
    const draw = drawOfConcert(rows.draws.values(), concert);
    const decision = decideMovedDraw({
      concertId,
      concertExists: concert !== undefined,
      draw,
      times: { gathersAt: new Date(input.gathersAt), opensAt: new Date(input.opensAt) },
      acceptedAt,
    });
    if (decision.refusal) return rejected(decision.refusal);
    assert(draw, 'A draw can be changed, but the concert has none.');
    const { change } = decision;
    rows.operatorLog.noteBefore(toAnnouncedDraw(draw));
    rows.draws.change(draw, { ...change, hasBegun: change.gathersAt <= now });
    return succeeded(toAnnouncedDraw(draw));
  },
};
