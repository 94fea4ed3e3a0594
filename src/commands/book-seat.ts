/** Hold one seat for a while. Keyed by seat: the rush for one seat meets one lane. */
import { z } from 'zod';
import { defineCommand } from './command.ts';
import { id } from './resources.ts';

export const bookSeat = defineCommand({
  name: 'book-seat',
  input: z.strictObject({ seatId: id }),
  laneKey: ({ seatId }) => ({ kind: 'seat', key: String(seatId) }),
});

export type BookSeat = z.infer<typeof bookSeat.input>;
