/** The JSON shape of a waiting queue. */
import { z } from 'zod';
import { id, queueId, time } from './values.ts';

/** If several states apply, the first one is shown: a paused queue admits nobody, whatever else is true. */
export const QUEUE_STATES = ['paused', 'gathering', 'sold-out', 'open'] as const;

const whole = z.int().min(0);

export const waitingQueue = z
  .object({
    id: queueId,
    name: z.string(),
    state: z.enum(QUEUE_STATES).meta({
      description:
        '`paused`: operators have paused the admission. `gathering`: no user is admitted until the draw. `sold-out`: all seats are sold.',
    }),
    concertIds: z.array(id).meta({
      description: 'The concerts to which it admits; of the house queue the newest thousand.',
    }),
    admitLimit: whole.meta({ description: 'Users per window.' }),
    admitWindowSeconds: z.number(),
    maxActive: whole,
    waiting: whole,
    active: whole,
    createdAt: time,
  })
  .meta({
    id: 'WaitingQueue',
    example: {
      id: 2,
      name: 'The Winter Gala',
      state: 'open',
      concertIds: [1],
      admitLimit: 250,
      admitWindowSeconds: 10,
      maxActive: 1000,
      waiting: 900,
      active: 412,
      createdAt: '2026-11-20T09:00:00.000Z',
    },
  });

export type WaitingQueue = z.infer<typeof waitingQueue>;
