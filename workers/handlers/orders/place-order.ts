/** Holds places of one schedule as one order: named seats, the best adjacent seats, places of areas. */
import {
  type PlaceOrder,
  placeCount,
  type placeOrder as placeOrderCommand,
} from '../../../src/commands/orders/place-order.ts';
import { noSuchSchedule } from '../../../src/domain/not-found.ts';
import type { Decision } from '../../../src/domain/reasons.ts';
import { type Applying, type HandlerOf, rejected, succeeded } from '../handler.ts';
import { refuseBooking } from '../queue/queue-token.ts';
import { toOrder } from '../to-resource.ts';
import { chooseBest, toSeatRequest } from './choose-seats.ts';
import { placeOrder } from './place.ts';

/** The named seats, and then the best ones. */
function chosenSeats(applying: Applying, input: PlaceOrder): Decision<number[]> {
  const { scheduleId, seatIds = [], bestAvailable } = input;
  if (bestAvailable) {
    const best = chooseBest(applying, { scheduleId, bestAvailable }, seatIds);
    return best.refusal ? best : { change: [...seatIds, ...best.change] };
  }
  if (applying.rows.namedSchedules.has(scheduleId)) return { change: seatIds };
  return { refusal: noSuchSchedule(scheduleId) };
}

export const handlePlaceOrder: HandlerOf<typeof placeOrderCommand> = {
  needs: ({ scheduleId, seatIds, areas, bestAvailable }) => ({
    places: { scheduleId, seatIds, areas, best: bestAvailable && toSeatRequest(bestAvailable) },
    newIds: { order: 1, booking: placeCount({ seatIds, areas, bestAvailable }) },
  }),

  apply(applying) {
    const { command, rows } = applying;
    const { input } = command;
    const { scheduleId } = input;
    const schedule =
      rows.adjacentSeats.schedules.get(scheduleId) ?? rows.namedSchedules.get(scheduleId);
    const refused = refuseBooking(command, rows, `Schedule ${scheduleId}`, schedule);
    if (refused) return rejected(refused);
    const { change: seatIds = input.seatIds ?? [], refusal } = chosenSeats(applying, input);
    const wanted = { seatIds, areas: input.areas ?? [], accessible: input.accessible };
    const decision = placeOrder(applying, wanted, scheduleId, refusal);
    if (decision.refusal) return rejected(decision.refusal);
    const { order, bookings } = decision.change;
    return succeeded(toOrder(order, bookings));
  },
};
