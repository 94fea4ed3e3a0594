/** Holds one seat for the command's user, as an order of one. */
import { strict as assert } from 'node:assert';
import type { bookSeat } from '../../../src/commands/bookings/book-seat.ts';
import { type HandlerOf, rejected, succeeded } from '../handler.ts';
import { placeOrder } from '../orders/place.ts';
import { refuseBooking } from '../queue/queue-token.ts';
import { toBooking } from '../to-resource.ts';

export const handleBookSeat: HandlerOf<typeof bookSeat> = {
  needs: ({ seatId }) => ({
    places: { seatIds: [seatId] },
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
    const [booking] = bookings;
    assert(booking, `Seat ${seatId} was placed in an order without a booking.`);
    return succeeded(toBooking(order, booking));
  },
};
