/** Holds places of one schedule as one order: named seats, the best adjacent seats, places of areas. */
import { type PlaceOrder, placeCount } from '../../../src/commands/orders/place-order.ts';
import { type Decision, refuse } from '../../../src/domain/reasons.ts';
import { type Applying, type Handler, rejected, succeeded } from '../handler.ts';
import { tokenRefusal } from '../queue/queue-token.ts';
import { toOrder } from '../to-resource.ts';
import { chooseBest, needsOfBest } from './choose-seats.ts';
import { placeOrder } from './place.ts';

/** The named seats, and then the best ones. */
function chosenSeats(applying: Applying, input: PlaceOrder): Decision<number[]> {
  const { scheduleId, seatIds = [], bestAvailable } = input;
  if (bestAvailable) {
    const best = chooseBest(applying, { scheduleId, bestAvailable }, seatIds);
    return best.refusal ? best : { change: [...seatIds, ...best.change] };
  }
  if (applying.rows.scheduleQueues.has(scheduleId)) return { change: seatIds };
  return refuse('SCHEDULE_NOT_FOUND', `There is no schedule ${scheduleId}.`);
}

export const handlePlaceOrder: Handler<PlaceOrder> = {
  needs: ({ scheduleId, seatIds, areas, bestAvailable }) => ({
    seatLimit: true,
    queueToken: 'book',
    ...(seatIds && { seatIds }),
    ...(areas && { areas }),
    ...(bestAvailable ? needsOfBest({ scheduleId, bestAvailable }) : { scheduleId }),
    newIds: { order: 1, booking: placeCount({ seatIds, areas, bestAvailable }) },
  }),

  apply(applying) {
    const { command, rows } = applying;
    const { input } = command;
    const { scheduleId } = input;
    const hall = rows.adjacent.halls.get(scheduleId);
    const queueId = hall?.queueId ?? rows.scheduleQueues.get(scheduleId);
    const noToken = tokenRefusal(command, rows, queueId);
    if (noToken) return rejected(noToken);
    const { change: seatIds = input.seatIds ?? [], refusal } = chosenSeats(applying, input);
    const wanted = { seatIds, areas: input.areas ?? [] };
    const decision = placeOrder(applying, wanted, scheduleId, refusal);
    if (decision.refusal) return rejected(decision.refusal);
    const { order, bookings } = decision.change;
    return succeeded(toOrder(order, bookings));
  },
};
