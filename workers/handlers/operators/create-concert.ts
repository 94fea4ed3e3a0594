/** Adds a concert. */
import { HOUSE_QUEUE } from '../../../src/commands/command.ts';
import type { CreateConcert } from '../../../src/commands/operators/create-concert.ts';
import { type Handler, succeeded } from '../handler.ts';

export const handleCreateConcert: Handler<CreateConcert> = {
  isOperators: true,
  needs: () => ({ newIds: { concert: 1 } }),

  apply({ command: { input }, rows, now }) {
    const id = rows.newIds.concert.take();
    const concert = rows.concerts.add({ id, ...input, queueId: HOUSE_QUEUE });
    return succeeded({ ...concert, createdAt: now.toISOString() });
  },
};
