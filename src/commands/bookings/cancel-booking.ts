/** Cancels a hold, or refunds a paid booking. */
import { z } from 'zod';
import { byUser, defineCommand } from '../command.ts';
import { booking, id } from '../schemas/resources.ts';
import { newerBookingFields } from './book-seat.ts';

export const cancelBooking = defineCommand({
  name: 'cancel-booking',
  input: z.strictObject({ bookingId: id }),
  result: booking,
  newerFields: newerBookingFields,
  laneKey: byUser,
});
