/** What happens to the place of a booking: to its seat, or to one place of its area. */
import { strict as assert } from 'node:assert';
import type { AreaRow, BookingRow, OrderRow, Rows } from '../../rows/rows.ts';
import { AreaNotLocked, RowsChanged } from '../../rows/rows-changed.ts';

/**
 * Sells the place of a held booking, before its order changes.
 * @throws {RowsChanged} when the order was placed after the batch had chosen the rows to lock
 */
export function sellPlace(rows: Rows, booking: BookingRow): void {
  if (booking.areaId !== null) {
    const area = lockedArea(rows, booking.areaId, booking);
    rows.areas.change(area, { held: area.held - 1, sold: area.sold + 1 });
    rows.bookings.change(booking, { areaHeldUntil: null });
    return;
  }
  const seat = lockedSeat(rows, booking);
  assert(seat.state === 'held', `Booking ${booking.id} is held, but its seat is not.`);
  rows.seats.change(seat, { state: 'sold', heldUntil: null });
}

/**
 * Gives back the place of a held or paid booking, before the booking and its order change.
 * @param order the order of the booking
 * @throws {RowsChanged} as `sellPlace` does
 */
export function releasePlace(
  rows: Rows,
  booking: BookingRow,
  order: Pick<OrderRow, 'state'>,
): void {
  if (booking.areaId === null) {
    rows.seats.change(lockedSeat(rows, booking), { state: 'available', heldUntil: null });
    return;
  }
  const area = lockedArea(rows, booking.areaId, booking);
  const isHeld = order.state === 'held';
  const change = isHeld ? { held: area.held - 1 } : { sold: area.sold - 1 };
  rows.areas.change(area, change);
}

/** Makes sure that the place of a held booking is locked, before its hold is prolonged. @throws {RowsChanged} as `sellPlace` does */
export function keepPlace(rows: Rows, booking: BookingRow): void {
  if (booking.areaId === null) lockedSeat(rows, booking);
  else lockedArea(rows, booking.areaId, booking);
}

function lockedArea(rows: Rows, areaId: number, { id, orderId }: BookingRow): AreaRow {
  const area = rows.areas.get(areaId);
  if (area) return area;
  const areaIds = rows.bookings.ofOrder(orderId).flatMap((booking) => booking.areaId ?? []);
  throw new AreaNotLocked(`Area ${areaId} of booking ${id} is not locked.`, areaIds);
}

/** Whether the area or seat of a booking is locked, so that its place can be sold or given back. */
export function isPlaceLocked(rows: Rows, { areaId, seatId }: BookingRow): boolean {
  return (areaId === null ? rows.seats.get(seatId ?? 0) : rows.areas.get(areaId)) !== undefined;
}

function lockedSeat(rows: Rows, { id, seatId }: BookingRow) {
  const seat = rows.seats.get(seatId ?? 0);
  if (!seat) throw new RowsChanged(`Seat ${seatId} of booking ${id} is not locked.`);
  return seat;
}
