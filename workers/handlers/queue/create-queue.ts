/** Creates a waiting queue, and moves concerts to it from the house queue. */
import { HOUSE_QUEUE } from '../../../src/commands/command.ts';
import type { createQueue } from '../../../src/commands/queue/create-queue.ts';
import type { WaitingQueue } from '../../../src/commands/schemas/waiting-queue.ts';
import { otherOpenDraws } from '../../../src/domain/draws.ts';
import { decideNewQueue } from '../../../src/domain/waiting-queues.ts';
import { type HandlerOf, rejected, succeeded } from '../handler.ts';
import { toWindowMs } from './admission-window.ts';

export const handleCreateQueue: HandlerOf<typeof createQueue> = {
  isOperators: true,
  needs: ({ concertIds }) => ({
    draws: { concertIds, withOthersOfQueues: true },
    allQueues: true,
    newIds: { queue: 1 },
  }),

  apply({ command: { input }, rows, now, settings }) {
    const { name, concertIds, admitLimit = null, maxActive = null, admitWindowSeconds } = input;
    const found = concertIds.map((id) => rows.concerts.get(id));
    // Users who gather already wait in the house queue, so a draw that gathers stays there.
    const draws = otherOpenDraws(rows.draws.values(), HOUSE_QUEUE).filter(
      ({ concertId, hasBegun }) => concertIds.includes(concertId) && !hasBegun,
    );
    const decision = decideNewQueue({
      concerts: concertIds.map((id, index) => ({ id, queueId: found[index]?.queueId })),
      houseQueueId: HOUSE_QUEUE,
      queues: [...rows.waitingQueues.values(), { maxActive }],
      draws,
      settings,
    });
    if (decision.refusal) return rejected(decision.refusal);

    const queue = rows.waitingQueues.add({
      id: rows.newIds.queue.take(),
      name,
      createdAt: now,
      isPaused: false,
      admitLimit,
      admitWindowMs: toWindowMs(admitWindowSeconds),
      maxActive,
    });
    for (const concert of found) if (concert) rows.concerts.change(concert, { queueId: queue.id });
    for (const draw of draws) rows.draws.change(draw, { queueId: queue.id });
    const created: WaitingQueue = {
      id: queue.id,
      name,
      state: 'open',
      concertIds: concertIds.toSorted((one, other) => one - other),
      admitLimit: admitLimit ?? settings.admitLimit,
      admitWindowSeconds: (queue.admitWindowMs ?? settings.admitWindowMs) / 1000,
      maxActive: maxActive ?? settings.maxActive,
      waiting: 0,
      active: 0,
      createdAt: now.toISOString(),
    };
    return succeeded(created);
  },
};
