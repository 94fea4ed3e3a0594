/** Hold several seats, all or none. Keyed by user: its seats belong to many lanes, so row locks order it. */
import { z } from 'zod';
import { byUser, defineCommand } from './command.ts';
import { id, points } from './resources.ts';
import { line } from './text.ts';

export const SEATS_AT_ONCE_MAX = 10;

const chosen = z.strictObject({
  seatIds: z
    .array(id)
    .min(1)
    .max(SEATS_AT_ONCE_MAX)
    .refine((ids) => new Set(ids).size === ids.length, 'must not name a seat twice')
    .meta({ description: 'Seats of one schedule.' }),
});

const best = z.strictObject({
  scheduleId: id,
  bestAvailable: z
    .strictObject({
      quantity: z.int().min(1).max(SEATS_AT_ONCE_MAX),
      maxPrice: points.optional().meta({ description: 'The most that one seat may cost.' }),
      section: line(60).optional().meta({ description: 'Only seats of this section.' }),
      prefer: z
        .enum(['best', 'cheapest'])
        .optional()
        .meta({ description: 'Which price comes first: the dearest (`best`), or the cheapest.' }),
    })
    .meta({
      description:
        'Seats side by side: of the dearest price within `maxPrice`, then nearest to the front and the middle.',
    }),
});

export const bookSeats = defineCommand({
  name: 'book-seats',
  input: z.union([chosen, best]),
  laneKey: byUser,
});

export type BookSeats = z.infer<typeof bookSeats.input>;
