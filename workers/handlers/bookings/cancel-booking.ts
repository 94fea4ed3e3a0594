/** Cancels one booking of an order: releases its seat, and refunds it if it was paid. */
import { strict as assert } from 'node:assert';
import type { cancelBooking } from '../../../src/commands/bookings/cancel-booking.ts';
import { type HandlerOf, rejected, succeeded } from '../handler.ts';
import { cancel } from '../orders/cancel.ts';
import { toBooking } from '../to-resource.ts';
import { bookingWithOrder } from './booking-with-order.ts';

export const handleCancelBooking: HandlerOf<typeof cancelBooking> = {
  needs: ({ bookingId }) => ({
    order: { bookingId, withCheckIns: true, withCheckouts: true },
    points: true,
    newIds: { payment: 1 },
  }),

  apply(applying) {
    const { rows, command } = applying;
    const { bookingId: id } = command.input;
    const { booking, order } = bookingWithOrder(rows, id);
    const decision = cancel(applying, { kind: 'booking', id, row: booking }, order);
    if (decision.refusal) return rejected(decision.refusal);
    assert(booking, `Booking ${id} was cancelled, but it is not loaded.`);
    return succeeded(toBooking(decision.change, booking));
  },
};
