/** Converts rows to API resources. */
import type { DrawOutcome } from '../../src/commands/queue/announce-draw.ts';
import type {
  Booking,
  Order,
  Payment,
  QueueEntryOutcome,
} from '../../src/commands/schemas/resources.ts';
import type { TicketEntry } from '../../src/commands/schemas/tickets.ts';
import { bookingState } from '../../src/domain/orders.ts';
import type {
  BookingRow,
  CheckInRow,
  DrawRow,
  OrderRow,
  PaymentRow,
  QueueEntryRow,
} from '../rows/rows.ts';

/** @param bookings bookings of the order, which share its times, and the live ones its state */
export function toBookings(order: OrderRow, bookings: readonly BookingRow[]): Booking[] {
  return bookings.map(inOrder(order));
}

/** @param booking a booking of the order */
export function toBooking(order: OrderRow, booking: BookingRow): Booking {
  return inOrder(order)(booking);
}

/** @returns what converts bookings of the order */
function inOrder(order: OrderRow): (booking: BookingRow) => Booking {
  const startAt = order.startAt.toISOString();
  const holdExpiresAt = order.holdExpiresAt.toISOString();
  const createdAt = order.createdAt.toISOString();
  return (booking) => ({
    id: booking.id,
    orderId: order.id,
    concertId: order.concertId,
    concertTitle: order.concertTitle,
    scheduleId: order.scheduleId,
    startAt,
    areaId: booking.areaId,
    areaName: booking.areaName,
    seatId: booking.seatId,
    section: booking.section,
    row: booking.rowName,
    seatNumber: booking.number,
    price: booking.price,
    state: bookingState(booking, order),
    holdExpiresAt,
    createdAt,
  });
}

/** @param bookings all bookings of the order */
export function toOrder(order: OrderRow, bookings: readonly BookingRow[]): Order {
  return {
    id: order.id,
    state: order.state,
    concertId: order.concertId,
    scheduleId: order.scheduleId,
    queueId: order.queueId,
    total: order.total,
    holdExpiresAt: order.holdExpiresAt.toISOString(),
    bookings: toBookings(order, bookings),
    createdAt: order.createdAt.toISOString(),
    paidAt: order.paidAt?.toISOString() ?? null,
  };
}

/** @param booking the booking that was paid */
export function toPayment(
  { id, price, kind, balance }: PaymentRow,
  { id: bookingId, seatId, areaId }: BookingRow,
  now: Date,
): Payment {
  return { id, bookingId, seatId, areaId, price, kind, balance, createdAt: now.toISOString() };
}

/** @param booking the booking of the ticket */
export function toTicketEntry(
  { bookingId, at, gate, scannedAt }: CheckInRow,
  { section, rowName: row, number: seatNumber, areaId, areaName }: BookingRow,
): TicketEntry {
  const seat = { section, row, seatNumber, areaId, areaName };
  const late = scannedAt && { scannedAt: scannedAt.toISOString() };
  return { ticketId: bookingId, at: at.toISOString(), gate, ...late, seat };
}

export function toQueueEntryOutcome(entry: QueueEntryRow): QueueEntryOutcome {
  const isActive = entry.state === 'active';
  return {
    id: entry.id,
    queueId: entry.queueId,
    number: entry.number,
    enteredAt: entry.enteredAt.toISOString(),
    state: entry.state,
    expiresAt: isActive && entry.expiresAt ? entry.expiresAt.toISOString() : null,
    bookingUntil: isActive && entry.bookingUntil ? entry.bookingUntil.toISOString() : null,
  };
}

export function toDrawOutcome({ id, concertId, queueId, seedHash, ...draw }: DrawRow): DrawOutcome {
  const gathersAt = draw.gathersAt.toISOString();
  return {
    drawId: id,
    concertId,
    queueId,
    seedHash,
    gathersAt,
    opensAt: draw.opensAt.toISOString(),
    cancelledAt: draw.cancelledAt?.toISOString() ?? null,
  };
}
