/** Holds one seat for the command's user, as an order of one. */
import type { BookSeat } from '../../../src/commands/bookings/book-seat.ts';
import { type Handler, rejected, succeeded } from '../handler.ts';
import { placeOrder } from '../orders/place.ts';
import { tokenRefusal } from '../queue/queue-token.ts';
import { toBookings } from '../to-resource.ts';

export const handleBookSeat: Handler<BookSeat> = {
  needs: ({ seatId }) => ({
    seatIds: [seatId],
    seatLimit: true,
    queueToken: 'book',
    newIds: { order: 1, booking: 1 },
  }),

  apply(applying) {
    const { command, rows } = applying;
    const queueId = rows.seats.get(command.input.seatId)?.queueId;
    const noToken = tokenRefusal(command, rows, queueId);
    if (noToken) return rejected(noToken);
    const decision = placeOrder(applying, { seatIds: [command.input.seatId] });
    if (decision.refusal) return rejected(decision.refusal);
    const { order, bookings } = decision.change;
    const [booking] = toBookings(order, bookings);
    return succeeded(booking as object);
  },
};
