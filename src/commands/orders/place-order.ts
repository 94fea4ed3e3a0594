/**
 * Holds places of one schedule for a user as one order, all or none. An order of one named seat, or of one area, is keyed by
 * it, so that one lane orders all requests for it; others are keyed by user, because their places belong to several lanes.
 */
import { z } from 'zod';
import { bestAvailable, SEATS_AT_ONCE_MAX, seatIds } from '../bookings/book-seats.ts';
import { byUser, defineCommand } from '../command.ts';
import { id, order } from '../schemas/resources.ts';
import { notTwice } from '../schemas/values.ts';

/** Places of areas. */
export const areas = z
  .array(z.strictObject({ areaId: id, quantity: z.int().min(1).max(SEATS_AT_ONCE_MAX) }))
  .max(SEATS_AT_ONCE_MAX)
  .refine(...notTwice<{ areaId: number }>('an area', ({ areaId }) => areaId))
  .meta({ description: 'Places of areas of the schedule.' });

interface WantedPlaces {
  seatIds?: readonly number[] | undefined;
  areas?: readonly { quantity: number }[] | undefined;
  bestAvailable?: { quantity: number } | undefined;
}

/** How many places an order has in all. */
export function placeCount({
  seatIds: seats = [],
  areas: some = [],
  bestAvailable: best,
}: WantedPlaces): number {
  const inAreas = some.reduce((sum, { quantity }) => sum + quantity, 0);
  return seats.length + inAreas + (best?.quantity ?? 0);
}

export const placeOrder = defineCommand({
  name: 'place-order',
  input: z
    .strictObject({
      scheduleId: id,
      seatIds: seatIds.optional(),
      areas: areas.optional(),
      bestAvailable: bestAvailable.optional(),
      accessible: z.boolean().optional().meta({
        description:
          'Whether the order asks for accessible seats. Without it they are reserved until `accessibleUntil`.',
      }),
    })
    .refine(
      (order) => placeCount(order) > 0,
      'must have at least one place, by `seatIds`, `areas` or `bestAvailable`',
    )
    .refine(
      (order) => placeCount(order) <= SEATS_AT_ONCE_MAX,
      `must not have more than ${SEATS_AT_ONCE_MAX} places in all`,
    )
    .meta({
      description: `One to ${SEATS_AT_ONCE_MAX} places in all.`,
      example: { scheduleId: 1, seatIds: [187, 188], areas: [{ areaId: 4, quantity: 1 }] },
    }),
  result: order,
  laneKey(input, subject) {
    const [seats, some] = [input.seatIds ?? [], input.areas ?? []];
    const [[seatId], [area]] = [seats, some];
    if (input.bestAvailable || seats.length + some.length > 1) return byUser(input, subject);
    if (seatId !== undefined) return { kind: 'seat', key: String(seatId) };
    return area ? { kind: 'seat', key: `area:${area.areaId}` } : byUser(input, subject);
  },
});

export type PlaceOrder = z.infer<typeof placeOrder.input>;
