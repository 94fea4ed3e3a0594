/** Holds one seat for the command's user. */
import type { BookSeat } from '../../../src/commands/bookings/book-seat.ts';
import { type Handler, rejected, succeeded } from '../handler.ts';
import { tokenRefusal } from '../queue/queue-token.ts';
import { holdSeats } from './hold-seats.ts';

export const handleBookSeat: Handler<BookSeat> = {
  needs: ({ seatId }) => ({
    seatIds: [seatId],
    seatLimit: true,
    queueToken: 'check',
    newIds: { booking: 1 },
  }),

  apply(applying) {
    const { command, rows } = applying;
    const noToken = tokenRefusal(command, rows);
    if (noToken) return rejected(noToken);
    const decision = holdSeats(applying, [command.input.seatId]);
    if (decision.refusal) return rejected(decision.refusal);
    const [booking] = decision.change;
    return succeeded(booking as object);
  },
};
