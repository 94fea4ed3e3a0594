/** Cancels one booking of an order: releases its seat, and refunds it if it was paid. */
import { strict as assert } from 'node:assert';
import type { CancelBooking } from '../../../src/commands/bookings/cancel-booking.ts';
import { type Handler, rejected, succeeded } from '../handler.ts';
import { cancel } from '../orders/cancel.ts';
import { toBookings } from '../to-resource.ts';
import { bookingWithOrder } from './booking-with-order.ts';

export const handleCancelBooking: Handler<CancelBooking> = {
  needs: ({ bookingId }) => ({
    bookingIds: [bookingId],
    checkIns: true,
    checkouts: { ofOrders: true },
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
    const [cancelled] = toBookings(decision.change, [booking]);
    return succeeded(cancelled as object);
  },
};
