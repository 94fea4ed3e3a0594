/** Ends orders whose hold has run out, when a command needs their seats or their places. */
import type { BookingRow, OrderRow, Rows } from '../../rows/rows.ts';
import { RowsChanged } from '../../rows/rows-changed.ts';
import { releasePlace } from './places.ts';

/**
 * The orders that hold these seats, whose holds have run out.
 * @throws {RowsChanged} when a hold was made, and ran out, after the batch had chosen the rows to lock
 */
export function expiredOrdersOn(rows: Rows, seatIds: readonly number[]): OrderRow[] {
  const orders = seatIds.map((seatId) => {
    const order = rows.orders.get(rows.bookings.liveOn(seatId)?.orderId ?? 0);
    if (!order) throw new RowsChanged(`The order that holds seat ${seatId} is not loaded.`);
    return order;
  });
  return [...new Set(orders)];
}

/** Ends an order with all its bookings. Its places become available, also those that nobody wants yet. */
export function expireOrder(rows: Rows, order: OrderRow, now: Date): void {
  for (const booking of heldBookingsOf(rows, order)) {
    releasePlace(rows, booking, order);
    rows.bookings.change(booking, { endedAs: 'expired', endedAt: now });
    rows.liveSeats.endHold(booking.id);
  }
  rows.orders.change(order, { state: 'expired', endedAt: now });
}

/** The live bookings of an order that is held; none of another one. */
export function heldBookingsOf(rows: Rows, order: OrderRow): BookingRow[] {
  if (order.state !== 'held') return [];
  return rows.bookings.ofOrder(order.id).filter(({ endedAs }) => endedAs === null);
}
