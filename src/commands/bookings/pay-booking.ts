/** Pays a held booking with points: one transaction changes points, history, seat, booking, payment and queue entry. */
import { z } from 'zod';
import { byUser, defineCommand } from '../command.ts';
import { id, payment } from '../schemas/resources.ts';

export const payBooking = defineCommand({
  name: 'pay-booking',
  input: z.strictObject({ bookingId: id }),
  result: payment,
  newerFields: ['areaId'],
  laneKey: byUser,
});
