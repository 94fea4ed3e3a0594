/** Adds a concert. */
import type { CreateConcert } from '../../../src/commands/operators/create-concert.ts';
import { type Handler, succeeded } from '../handler.ts';

export const handleCreateConcert: Handler<CreateConcert> = {
  needs: () => ({ newIds: { concert: 1 } }),

  apply({ command: { input }, rows, now }) {
    const concert = rows.concerts.add({ id: rows.newIds.concert.take(), ...input });
    return succeeded({ ...concert, createdAt: now.toISOString() });
  },
};
