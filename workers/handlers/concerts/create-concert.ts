/** Adds a concert. */
import { HOUSE_QUEUE } from '../../../src/commands/command.ts';
import type { createConcert } from '../../../src/commands/concerts/create-concert.ts';
import { type HandlerOf, succeeded } from '../handler.ts';
import { toConcert } from './to-concert.ts';

export const handleCreateConcert: HandlerOf<typeof createConcert> = {
  isOperators: true,
  needs: () => ({ newIds: { concert: 1 } }),

  apply({ command: { input }, rows, now }) {
    const id = rows.newIds.concert.take();
    const { title, description, venue = null, timeZone = 'UTC' } = input;
    const concert = rows.concerts.add({
      id,
      title,
      description,
      venue,
      timeZone,
      imageHash: null,
      closedAt: null,
      closeReason: null,
      queueId: HOUSE_QUEUE,
      createdAt: now,
    });
    return succeeded(toConcert(concert));
  },
};
