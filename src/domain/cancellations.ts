/** The rules of giving a booking back: a hold at any time, a paid one until a while before the start. */

import type { Booking } from './payments.ts';
import { charge } from './points.ts';
import { type Decision, refuse } from './reasons.ts';

export type Cancellation =
  | { state: 'cancelled' }
  /** With the balance after the price was given back, in points. */
  | { state: 'refunded'; balance: number };

/** Decides whether a booking can be given back. All times are judged by when the command was accepted. */
export function decideCancellation(input: {
  bookingId: number;
  booking: Booking | undefined;
  userId: number;
  balance: number;
  acceptedAt: Date;
  /** When the performance starts. */
  startAt: Date | undefined;
  cancelUntilMs: number;
}): Decision<Cancellation> {
  const { booking, bookingId, acceptedAt } = input;
  if (!booking) return refuse('BOOKING_NOT_FOUND', `There is no booking ${bookingId}.`);
  if (booking.userId !== input.userId) {
    return refuse('NOT_BOOKING_OWNER', `Booking ${bookingId} belongs to somebody else.`);
  }
  if (booking.state === 'cancelled' || booking.state === 'refunded') {
    return refuse('BOOKING_CANCELLED', `Booking ${bookingId} is ${booking.state} already.`);
  }
  if (booking.state === 'paid') {
    const until = new Date((input.startAt?.getTime() ?? 0) - input.cancelUntilMs);
    if (acceptedAt >= until) {
      const detail = `Booking ${bookingId} could be cancelled until ${until.toISOString()}.`;
      return refuse('CANCELLATION_CLOSED', detail);
    }
    return { change: { state: 'refunded', ...charge(input.balance, booking.price) } };
  }
  if (booking.state === 'expired' || acceptedAt >= booking.holdExpiresAt) {
    const end = booking.holdExpiresAt.toISOString();
    return refuse('HOLD_EXPIRED', `The hold of booking ${bookingId} ran out at ${end}.`);
  }
  return { change: { state: 'cancelled' } };
}
