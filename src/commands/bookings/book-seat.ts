/** Holds one seat for a user. Keyed by seat, so that one lane orders all requests for a seat. */
import { z } from 'zod';
import { defineCommand } from '../command.ts';
import { booking, id } from '../schemas/resources.ts';

/** Bookings in receipts of versions without orders, or without the performance, lack these. */
export const newerBookingFields = [
  'orderId',
  'concertId',
  'concertTitle',
  'startAt',
  'areaId',
  'areaName',
] as const;

export const bookSeat = defineCommand({
  name: 'book-seat',
  input: z.strictObject({ seatId: id }),
  result: booking,
  newerFields: newerBookingFields,
  laneKey: ({ seatId }) => ({ kind: 'seat', key: String(seatId) }),
});
