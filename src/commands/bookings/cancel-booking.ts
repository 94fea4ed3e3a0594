/** Cancels a hold, or refunds a paid booking. */
import { z } from 'zod';
import { byUser, defineCommand } from '../command.ts';
import { id } from '../schemas/resources.ts';

export const cancelBooking = defineCommand({
  name: 'cancel-booking',
  input: z.strictObject({ bookingId: id }),
  laneKey: byUser,
});

export type CancelBooking = z.infer<typeof cancelBooking.input>;
