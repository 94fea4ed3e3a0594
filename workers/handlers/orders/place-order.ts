/** Holds places of one schedule as one order: the seats with the given ids, or the best adjacent seats. */
import type { PlaceOrder } from '../../../src/commands/orders/place-order.ts';
import { type Handler, rejected, succeeded } from '../handler.ts';
import { tokenRefusal } from '../queue/queue-token.ts';
import { toOrder } from '../to-resource.ts';
import { chooseBest, needsOfSeats } from './choose-seats.ts';
import { placeOrder } from './place.ts';

export const handlePlaceOrder: Handler<PlaceOrder> = {
  needs: needsOfSeats,

  apply(applying) {
    const { command, rows } = applying;
    const { input } = command;
    const noToken = tokenRefusal(command, rows);
    if (noToken) return rejected(noToken);
    const seats = 'seatIds' in input ? { change: input.seatIds } : chooseBest(applying, input);
    if (seats.refusal) return rejected(seats.refusal);
    const decision = placeOrder(applying, seats.change, input.scheduleId);
    if (decision.refusal) return rejected(decision.refusal);
    const { order, bookings } = decision.change;
    return succeeded(toOrder(order, bookings));
  },
};
