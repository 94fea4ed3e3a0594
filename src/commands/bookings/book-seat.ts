/** Holds one seat for a user. Keyed by seat, so that one lane orders all requests for a seat. */
import { z } from 'zod';
import { defineCommand } from '../command.ts';
import { id } from '../schemas/resources.ts';

export const bookSeat = defineCommand({
  name: 'book-seat',
  input: z.strictObject({ seatId: id }),
  laneKey: ({ seatId }) => ({ kind: 'seat', key: String(seatId) }),
});

export type BookSeat = z.infer<typeof bookSeat.input>;
