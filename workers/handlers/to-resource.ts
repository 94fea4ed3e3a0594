/** Converts rows to API resources. */
import type { Booking, Payment, QueueEntryOutcome } from '../../src/commands/schemas/resources.ts';
import type { BookingRow, PaymentRow, QueueEntryRow, SeatRow } from '../rows/rows.ts';

export function toBooking(booking: BookingRow, seat: SeatRow): Booking {
  return {
    id: booking.id,
    concertId: booking.concertId,
    concertTitle: seat.concertTitle,
    scheduleId: booking.scheduleId,
    startAt: seat.startAt.toISOString(),
    seatId: booking.seatId,
    section: seat.section,
    row: seat.rowName,
    seatNumber: seat.number,
    price: booking.price,
    state: booking.state,
    holdExpiresAt: booking.holdExpiresAt.toISOString(),
    createdAt: booking.createdAt.toISOString(),
  };
}

export function toPayment(payment: PaymentRow, now: Date): Payment {
  const { id, bookingId, seatId, price, kind, balance } = payment;
  return { id, bookingId, seatId, price, kind, balance, createdAt: now.toISOString() };
}

export function toQueueEntryOutcome(entry: QueueEntryRow): QueueEntryOutcome {
  const isActive = entry.state === 'active';
  return {
    number: entry.number,
    state: entry.state,
    expiresAt: isActive && entry.expiresAt ? entry.expiresAt.toISOString() : null,
  };
}
