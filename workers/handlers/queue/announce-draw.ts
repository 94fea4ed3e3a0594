/** Announces a draw: stores its seed and publishes the hash of the seed. */
import { hash } from 'node:crypto';
import type { AnnounceDraw } from '../../../src/commands/queue/announce-draw.ts';
import { decideDraw } from '../../../src/domain/draws.ts';
import { type Handler, rejected, succeeded } from '../handler.ts';

export const handleAnnounceDraw: Handler<AnnounceDraw> = {
  needs: ({ concertId }) => ({ concertIds: [concertId], drawOf: concertId }),

  apply({ command: { input, acceptedAt }, rows, now }) {
    const { concertId } = input;
    const decision = decideDraw({
      concertId,
      concertExists: rows.concerts.get(concertId) !== undefined,
      isAnnounced: rows.draws.get(concertId) !== undefined,
      times: { gathersAt: new Date(input.gathersAt), opensAt: new Date(input.opensAt) },
      acceptedAt,
    });
    if (decision.refusal) return rejected(decision.refusal);
    const seed = rows.takeSeed();
    const seedHash = hash('sha256', seed, 'hex');
    rows.draws.add({ concertId, seed, seedHash, ...decision.change, createdAt: now });
    const { gathersAt, opensAt } = input;
    return succeeded({ concertId, seedHash, gathersAt, opensAt });
  },
};
