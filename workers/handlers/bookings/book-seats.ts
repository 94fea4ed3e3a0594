/** Holds several seats as one order, all or none: the seats with the given ids, or the best adjacent seats. */
import type { bookSeats } from '../../../src/commands/bookings/book-seats.ts';
import { type HandlerOf, rejected, succeeded } from '../handler.ts';
import { chooseBest, needsOfSeats, scheduleOfSeats } from '../orders/choose-seats.ts';
import { placeOrder } from '../orders/place.ts';
import { refuseBooking } from '../queue/queue-token.ts';
import { toBookings } from '../to-resource.ts';

export const handleBookSeats: HandlerOf<typeof bookSeats> = {
  needs: needsOfSeats,

  apply(applying) {
    const { command, rows } = applying;
    const { input } = command;
    const refused = refuseBooking(command, rows, ...scheduleOfSeats(rows, input));
    if (refused) return rejected(refused);
    const seats = 'seatIds' in input ? { change: input.seatIds } : chooseBest(applying, input);
    if (seats.refusal) return rejected(seats.refusal);
    const decision = placeOrder(applying, { seatIds: seats.change });
    if (decision.refusal) return rejected(decision.refusal);
    const { order, bookings } = decision.change;
    return succeeded({ bookings: toBookings(order, bookings) });
  },
};
