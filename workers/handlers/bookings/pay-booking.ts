/** Pays for a held booking, which is the only one of its order. */
import { strict as assert } from 'node:assert';
import type { payBooking } from '../../../src/commands/bookings/pay-booking.ts';
import { type HandlerOf, rejected, succeeded } from '../handler.ts';
import { pay } from '../orders/pay.ts';
import { toPayment } from '../to-resource.ts';
import { bookingWithOrder } from './booking-with-order.ts';

export const handlePayBooking: HandlerOf<typeof payBooking> = {
  needs: ({ bookingId }) => ({
    order: { bookingId, withQueueEntry: true },
    points: true,
    newIds: { payment: 1 },
  }),

  apply(applying) {
    const { rows, now, command } = applying;
    const { bookingId: id } = command.input;
    const { booking, order } = bookingWithOrder(rows, id);
    const decision = pay(applying, { kind: 'booking', id, row: booking }, order);
    if (decision.refusal) return rejected(decision.refusal);
    assert(booking, `Booking ${id} was paid, but it is not loaded.`);
    return succeeded(toPayment(decision.change.payment, booking, now));
  },
};
