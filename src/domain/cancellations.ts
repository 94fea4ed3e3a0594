/** The rules for cancelling a booking: a hold at any time, a paid booking until a set time before the start. */

import type { Booking } from './payments.ts';
import { charge } from './points.ts';
import { type Decision, refuse } from './reasons.ts';

export type Cancellation =
  | { state: 'cancelled' }
  /** `balance` is the user's balance after the refund, in points. */
  | { state: 'refunded'; balance: number };

/**
 * Decides whether a booking can be cancelled. Every deadline is compared with the time at which the command was
 * accepted.
 */
export function decideCancellation(input: {
  bookingId: number;
  booking: Booking | undefined;
  userId: number;
  balance: number;
  acceptedAt: Date;
  /** When the performance starts. */
  startAt: Date | undefined;
  /** How long before `startAt` a paid booking can last be cancelled. */
  cancelUntilMs: number;
}): Decision<Cancellation> {
  const { booking, bookingId, acceptedAt } = input;
  if (!booking) return refuse('BOOKING_NOT_FOUND', `There is no booking ${bookingId}.`);
  if (booking.userId !== input.userId) {
    return refuse('NOT_BOOKING_OWNER', `Booking ${bookingId} belongs to another user.`);
  }
  if (booking.state === 'cancelled' || booking.state === 'refunded') {
    return refuse('BOOKING_CANCELLED', `Booking ${bookingId} is already ${booking.state}.`);
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
    return refuse('HOLD_EXPIRED', `The hold of booking ${bookingId} expired at ${end}.`);
  }
  return { change: { state: 'cancelled' } };
}
