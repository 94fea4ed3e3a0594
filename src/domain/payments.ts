/** The rules for paying a held booking with points. */
import { decideUse } from './points.ts';
import { type Decision, refuse } from './reasons.ts';

export interface Booking {
  id: number;
  userId: number;
  seatId: number;
  /** In points. */
  price: number;
  state: 'held' | 'paid' | 'expired' | 'cancelled' | 'refunded';
  holdExpiresAt: Date;
}

export interface PaymentChange {
  balance: number;
  seat: { state: 'sold'; heldUntil: null };
  booking: { state: 'paid' };
}

/**
 * Decides whether a booking can be paid. The end of the hold is compared with the time at which the command was
 * accepted, not with the time at which a worker applies it, so that a delay in the lane never costs a buyer the seat.
 * Once another booking has replaced this one, its state is `expired`, and it cannot be paid whenever the command was
 * accepted.
 */
export function decidePayment(input: {
  bookingId: number;
  booking: Booking | undefined;
  userId: number;
  balance: number;
  acceptedAt: Date;
}): Decision<PaymentChange> {
  const { booking, bookingId } = input;
  if (!booking) return refuse('BOOKING_NOT_FOUND', `There is no booking ${bookingId}.`);
  if (booking.userId !== input.userId) {
    return refuse('NOT_BOOKING_OWNER', `Booking ${bookingId} belongs to another user.`);
  }
  if (booking.state === 'paid') {
    return refuse('PAYMENT_ALREADY_PROCESSED', `Booking ${bookingId} is already paid.`);
  }
  if (booking.state === 'cancelled' || booking.state === 'refunded') {
    return refuse('BOOKING_CANCELLED', `Booking ${bookingId} is ${booking.state}.`);
  }
  if (booking.state === 'expired' || input.acceptedAt >= booking.holdExpiresAt) {
    const end = booking.holdExpiresAt.toISOString();
    return refuse('HOLD_EXPIRED', `The hold of booking ${bookingId} expired at ${end}.`);
  }
  const use = decideUse(input.balance, booking.price);
  if (use.refusal) return use;
  return {
    change: {
      balance: use.change.balance,
      seat: { state: 'sold', heldUntil: null },
      booking: { state: 'paid' },
    },
  };
}
