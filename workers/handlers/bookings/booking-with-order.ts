/** The booking that a command names, with its order. */

import type { BookingRow, OrderRow, Rows } from '../../rows/rows.ts';
import { RowsChanged } from '../../rows/rows-changed.ts';

/**
 * Both are undefined if the booking does not exist.
 * @throws {RowsChanged} when the order was placed after the batch had locked orders, and before it read their bookings
 */
export function bookingWithOrder(
  rows: Rows,
  bookingId: number,
): { booking: BookingRow | undefined; order: OrderRow | undefined } {
  const booking = rows.bookings.get(bookingId);
  const order = booking && rows.orders.get(booking.orderId);
  if (booking && !order) throw new RowsChanged(`The order of booking ${bookingId} is not loaded.`);
  return { booking, order };
}
