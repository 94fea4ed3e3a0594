/** Announces a draw of the concert's queue: stores its seed and publishes the hash of the seed. */
import { hash } from 'node:crypto';
import { HOUSE_QUEUE } from '../../../src/commands/command.ts';
import type { AnnounceDraw } from '../../../src/commands/queue/announce-draw.ts';
import { decideDraw } from '../../../src/domain/draws.ts';
import { type Handler, rejected, succeeded } from '../handler.ts';

export const handleAnnounceDraw: Handler<AnnounceDraw> = {
  isOperators: true,
  needs: ({ concertId }) => ({
    concertIds: [concertId],
    queueOfConcerts: true,
    seed: true,
    newIds: { draw: 1 },
  }),

  apply({ command: { input, acceptedAt }, rows, now }) {
    const { concertId } = input;
    const concert = rows.concerts.get(concertId);
    const queueId = concert?.queueId ?? HOUSE_QUEUE;
    const decision = decideDraw({
      concertId,
      concertExists: concert !== undefined,
      isAnnounced: [...rows.draws.values()].some(
        (draw) => draw.concertId === concertId && draw.queueId === queueId,
      ),
      times: { gathersAt: new Date(input.gathersAt), opensAt: new Date(input.opensAt) },
      acceptedAt,
    });
    if (decision.refusal) return rejected(decision.refusal);
    const id = rows.newIds.draw.take();
    const seed = rows.takeSeed();
    const seedHash = hash('sha256', seed, 'hex');
    const announced = { concertId, queueId, seed, seedHash, drawnAt: null, createdAt: now };
    const { gathersAt, opensAt } = input;
    const hasBegun = new Date(gathersAt) <= now;
    rows.draws.add({ id, ...announced, ...decision.change, hasBegun });
    return succeeded({ concertId, queueId, seedHash, gathersAt, opensAt });
  },
};
