/** Holds places of one schedule as one order: the seats with the given ids, or the best adjacent seats. */
import type { PlaceOrder } from '../../../src/commands/orders/place-order.ts';
import { type Decision, refuse } from '../../../src/domain/reasons.ts';
import { type Applying, type Handler, rejected, succeeded } from '../handler.ts';
import { tokenRefusal } from '../queue/queue-token.ts';
import { toOrder } from '../to-resource.ts';
import { chooseBest, needsOfSeats, queueOfSeats } from './choose-seats.ts';
import { placeOrder } from './place.ts';

type NamedSeats = Extract<PlaceOrder, { seatIds: object }>;

function namedSeats({ rows }: Applying, { scheduleId, seatIds }: NamedSeats): Decision<number[]> {
  if (rows.scheduleQueues.has(scheduleId)) return { change: seatIds };
  return refuse('SCHEDULE_NOT_FOUND', `There is no schedule ${scheduleId}.`);
}

export const handlePlaceOrder: Handler<PlaceOrder> = {
  needs: (input) => ({
    ...needsOfSeats(input),
    ...('seatIds' in input && { scheduleId: input.scheduleId }),
  }),

  apply(applying) {
    const { command, rows } = applying;
    const { input } = command;
    const queueId = rows.scheduleQueues.get(input.scheduleId) ?? queueOfSeats(rows, input);
    const noToken = tokenRefusal(command, rows, queueId);
    if (noToken) return rejected(noToken);
    const seats = 'seatIds' in input ? namedSeats(applying, input) : chooseBest(applying, input);
    if (seats.refusal) return rejected(seats.refusal);
    const decision = placeOrder(applying, seats.change, input.scheduleId);
    if (decision.refusal) return rejected(decision.refusal);
    const { order, bookings } = decision.change;
    return succeeded(toOrder(order, bookings));
  },
};
