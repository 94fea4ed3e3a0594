/** Cancels a booking: releases its seat, and refunds a payment to the user's points. */
import { strict as assert } from 'node:assert';
import type { CancelBooking } from '../../../src/commands/bookings/cancel-booking.ts';
import { decideCancellation } from '../../../src/domain/cancellations.ts';
import { type Handler, rejected, succeeded } from '../handler.ts';
import { toBooking } from '../to-resource.ts';

export const handleCancelBooking: Handler<CancelBooking> = {
  needs: ({ bookingId }) => ({ bookingIds: [bookingId], points: true, newIds: { payment: 1 } }),

  apply({ command, rows, now, settings: { cancelUntilMs } }) {
    const { userId, acceptedAt, jobId } = command;
    const { bookingId } = command.input;
    const booking = rows.bookings.get(bookingId);
    const seat = booking && rows.seats.get(booking.seatId);
    const points = rows.pointsOf(userId);
    const decision = decideCancellation({
      bookingId,
      booking,
      userId,
      acceptedAt,
      cancelUntilMs,
      balance: points.balance,
      startAt: seat?.startAt,
    });
    if (decision.refusal) return rejected(decision.refusal);
    assert(
      booking && seat,
      `The cancellation of booking ${bookingId} was accepted, but it is not loaded.`,
    );

    const { change } = decision;
    if (change.state === 'refunded') {
      const { price: amount, seatId } = booking;
      const { balance } = change;
      rows.points.change(points, { balance });
      rows.history.push({ userId, kind: 'refund', amount, balance, jobId });
      const id = rows.newIds.payment.take();
      const kind = 'refund' as const;
      rows.payments.push({ id, bookingId, userId, seatId, price: amount, kind, balance, jobId });
    }
    rows.seats.change(seat, { state: 'available', heldUntil: null });
    rows.bookings.change(booking, { state: change.state, endedAt: now });
    rows.liveSeats.add(userId, booking.scheduleId, -1);
    return succeeded(toBooking(booking, seat));
  },
};
