/** Holds several seats, all or none. Keyed by user: the seats belong to several lanes, so row locks protect them. */
import { z } from 'zod';
import { byUser, defineCommand } from '../command.ts';
import { booking, id, points } from '../schemas/resources.ts';
import { line } from '../schemas/text.ts';
import { notTwice } from '../schemas/values.ts';

export const SEATS_AT_ONCE_MAX = 10;

/** Seats by their ids; none where other places can stand beside them. */
export const seatIds = z
  .array(id)
  .max(SEATS_AT_ONCE_MAX)
  .refine(...notTwice('a seat'))
  .meta({ description: 'Seats of one schedule.' });

/** Adjacent seats, which the system chooses. */
export const bestAvailable = z
  .strictObject({
    quantity: z.int().min(1).max(SEATS_AT_ONCE_MAX),
    minPrice: points.optional().meta({ description: 'The lowest price of one seat, in points.' }),
    maxPrice: points.optional().meta({ description: 'The highest price of one seat, in points.' }),
    section: line(60).optional().meta({ description: 'Only seats of this section.' }),
    prefer: z.enum(['best', 'cheapest']).optional().meta({
      description: 'The price to try first: the most expensive (`best`) or the cheapest.',
    }),
  })
  .refine(({ minPrice = 0, maxPrice = minPrice }) => minPrice <= maxPrice, {
    message: 'must not be less than minPrice',
    path: ['maxPrice'],
  })
  .meta({
    description:
      'Adjacent seats: of the most expensive price from `minPrice` to `maxPrice`, then nearest to the front and the middle.',
  });

export const bookSeats = defineCommand({
  name: 'book-seats',
  input: z.union([
    z.strictObject({ seatIds: seatIds.min(1) }),
    z.strictObject({ scheduleId: id, bestAvailable }),
  ]),
  result: z.object({ bookings: z.array(booking) }),
  laneKey: byUser,
});

export type BookSeats = z.infer<typeof bookSeats.input>;
