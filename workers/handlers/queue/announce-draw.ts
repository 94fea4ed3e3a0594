/**
 * Announces a draw of the concert's queue: stores its seed and publishes the hash of the seed. After a draw that was cancelled while
 * users gathered, the seed is that draw's.
 */
import { hash } from 'node:crypto';
import { HOUSE_QUEUE } from '../../../src/commands/command.ts';
import type { announceDraw } from '../../../src/commands/queue/announce-draw.ts';
import { cancelledWhileGathering, decideDraw, otherOpenDraws } from '../../../src/domain/draws.ts';
import { type HandlerOf, rejected, succeeded } from '../handler.ts';
import { toDrawOutcome } from '../to-resource.ts';

export const handleAnnounceDraw: HandlerOf<typeof announceDraw> = {
  isOperators: true,
  needs: ({ concertId }) => ({
    draws: { concertIds: [concertId], withOthersOfQueues: true, withSeed: true },
    newIds: { draw: 1 },
  }),

  apply({ command: { input, acceptedAt }, rows, now }) {
    const { concertId } = input;
    const concert = rows.concerts.get(concertId);
    const queueId = concert?.queueId ?? HOUSE_QUEUE;
    const cancelled = cancelledWhileGathering(rows.draws.values(), { concertId, queueId });
    const decision = decideDraw({
      concertId,
      concertExists: concert !== undefined,
      isAnnounced: [...rows.draws.values()].some(
        (draw) => draw.concertId === concertId && draw.queueId === queueId && !draw.cancelledAt,
      ),
      cancelled,
      others: otherOpenDraws(rows.draws.values(), queueId),
      times: { gathersAt: new Date(input.gathersAt), opensAt: new Date(input.opensAt) },
      acceptedAt,
    });
    if (decision.refusal) return rejected(decision.refusal);
    const seed = cancelled?.seed ?? rows.takeSeed();
    const draw = rows.draws.add({
      id: rows.newIds.draw.take(),
      concertId,
      queueId,
      seed,
      seedHash: hash('sha256', seed, 'hex'),
      ...decision.change,
      createdAt: now,
      cancelledAt: null,
      closedAt: null,
      drawnAt: null,
      hasBegun: decision.change.gathersAt <= now,
    });
    return succeeded(toDrawOutcome(draw));
  },
};
