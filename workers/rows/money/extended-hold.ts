/** Prolongs the hold of an order in memory. `extend-holds.ts` writes it. */
import type { OrderRow, Rows } from '../rows.ts';
import type { ExtendedHold } from './money-rows.ts';

/**
 * Changes the end of the order's hold, of its places, and of the active queue entry under which it was placed. Nothing is marked as
 * changed, because the statement that writes holds changes these columns alone.
 */
export function extendHold(
  rows: Rows,
  order: OrderRow,
  { holdExpiresAt, heldUntil }: Omit<ExtendedHold, 'orderId'>,
): void {
  rows.money.extendedHolds.set(order.id, { orderId: order.id, holdExpiresAt, heldUntil });
  Object.assign(order, { holdExpiresAt });
  for (const booking of rows.bookings.ofOrder(order.id)) {
    if (booking.endedAs !== null) continue;
    const areaHeldUntil = booking.areaHeldUntil && heldUntil;
    // A booking of this batch is inserted with the end of its hold; of others it is that of their order.
    Object.assign(booking, { holdExpiresAt, areaHeldUntil });
    rows.liveSeats.keepHold(booking.id);
    const seat = rows.seats.get(booking.seatId ?? 0);
    if (seat?.state === 'held') Object.assign(seat, { heldUntil });
  }
  const entry = rows.queueEntries.get(order.entryId ?? 0);
  if (entry?.state === 'active' && entry.expiresAt && entry.expiresAt < holdExpiresAt) {
    Object.assign(entry, { expiresAt: holdExpiresAt });
  }
}
