/** Holds one seat for the command's user, as an order of one. */
import type { BookSeat } from '../../../src/commands/bookings/book-seat.ts';
import { type Handler, rejected, succeeded } from '../handler.ts';
import { placeOrder } from '../orders/place.ts';
import { refuseBooking } from '../queue/queue-token.ts';
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
    const { seatId } = command.input;
    const refused = refuseBooking(command, rows, `Seat ${seatId}`, rows.seats.get(seatId));
    if (refused) return rejected(refused);
    const decision = placeOrder(applying, { seatIds: [seatId] });
    if (decision.refusal) return rejected(decision.refusal);
    const { order, bookings } = decision.change;
    const [booking] = toBookings(order, bookings);
    return succeeded(booking as object);
  },
};
