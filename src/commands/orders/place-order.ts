/**
 * Holds places of one schedule for a user as one order, all or none. An order of one named seat is keyed by the seat, so that
 * one lane orders all requests for it; others are keyed by user, because their seats belong to several lanes.
 */
import { z } from 'zod';
import { bestAvailable, seatIds } from '../bookings/book-seats.ts';
import { byUser, defineCommand } from '../command.ts';
import { id } from '../schemas/resources.ts';

export const placeOrder = defineCommand({
  name: 'place-order',
  input: z.union([
    z.strictObject({ scheduleId: id, seatIds }),
    z.strictObject({ scheduleId: id, bestAvailable }),
  ]),
  laneKey(input, subject) {
    const [seatId, ...others] = 'seatIds' in input ? input.seatIds : [];
    return seatId !== undefined && others.length === 0
      ? { kind: 'seat', key: String(seatId) }
      : byUser(input, subject);
  },
});

export type PlaceOrder = z.infer<typeof placeOrder.input>;
