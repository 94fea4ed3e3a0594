/** Takes available seats off the sale. For operators. */
import { z } from 'zod';
import { byUser, defineCommand } from '../command.ts';
import { id } from '../schemas/resources.ts';
import { line } from '../schemas/text.ts';
import { notTwice } from '../schemas/values.ts';

export const SEATS_BLOCKED_MAX = 1000;

export const blockableSeatIds = z
  .array(id)
  .min(1)
  .max(SEATS_BLOCKED_MAX)
  .refine(...notTwice('a seat'));

export const blockedSeats = z.object({
  seatIds: z.array(id),
  blockedReason: z.string().nullable(),
});

export const blockSeats = defineCommand({
  name: 'block-seats',
  input: z.strictObject({ seatIds: blockableSeatIds, reason: line(200) }),
  result: blockedSeats,
  laneKey: byUser,
});

export type BlockedSeats = z.infer<typeof blockedSeats>;
