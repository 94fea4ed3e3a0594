/** Pays for a held booking. Points, history, seat, booking, payment and queue entry change together or not at all. */
import { strict as assert } from 'node:assert';
import type { PayBooking } from '../../../src/commands/bookings/pay-booking.ts';
import { decidePayment } from '../../../src/domain/payments.ts';
import { type Handler, rejected, succeeded } from '../handler.ts';
import { tokenEntry, tokenRefusal } from '../queue/queue-token.ts';
import { toPayment } from '../to-resource.ts';

export const handlePayBooking: Handler<PayBooking> = {
  needs: ({ bookingId }) => ({
    bookingIds: [bookingId],
    points: true,
    queueToken: 'end',
    newIds: { payment: 1 },
  }),

  apply({ command, rows, now }) {
    const noToken = tokenRefusal(command, rows);
    if (noToken) return rejected(noToken);

    const { userId, acceptedAt, jobId } = command;
    const { bookingId } = command.input;
    const booking = rows.bookings.get(bookingId);
    const points = rows.pointsOf(userId);
    const { balance } = points;
    const decision = decidePayment({ bookingId, booking, userId, balance, acceptedAt });
    if (decision.refusal) return rejected(decision.refusal);
    assert(booking, `The payment of booking ${bookingId} was accepted, but it is not loaded.`);
    const seat = rows.seats.get(booking.seatId);
    assert(seat?.state === 'held', `Booking ${bookingId} is held, but its seat is not.`);

    const { change } = decision;
    const { price, seatId } = booking;
    rows.points.change(points, { balance: change.balance });
    rows.history.push({ userId, kind: 'use', amount: price, balance: change.balance, jobId });
    rows.seats.change(seat, change.seat);
    rows.bookings.change(booking, change.booking);
    const payment = {
      id: rows.newIds.payment.take(),
      bookingId,
      userId,
      seatId,
      price,
      kind: 'payment' as const,
      balance: change.balance,
      jobId,
    };
    rows.payments.push(payment);
    const entry = tokenEntry(command, rows);
    if (entry?.state === 'active') {
      rows.queueEntries.change(entry, { state: 'ended', endedAt: now, endReason: 'paid' });
    }
    return succeeded(toPayment(payment, now));
  },
};
