/** Places an order: holds seats for a command's user, all or none. Shared by the commands that book. */
import { strict as assert } from 'node:assert';
import { decideHold, type Hold, isFree, ordersToEnd } from '../../../src/domain/holds.ts';
import { extendEntry } from '../../../src/domain/queue-entries.ts';
import { type Decision, refuse } from '../../../src/domain/reasons.ts';
import type { BookingRow, OrderRow, SeatRow } from '../../rows/rows.ts';
import type { Applying } from '../handler.ts';
import { tokenEntry } from '../queue/queue-token.ts';
import { expiredOrdersOn, expireOrder, heldBookingsOf } from './expire-order.ts';

/** A seat that the command may hold. */
interface Place {
  seat: SeatRow;
  hold: Hold;
}

/**
 * @param seatIds distinct ids; the refusal of the first refused seat is returned
 * @param scheduleId the schedule of all seats; by default that of the first one
 */
export function placeOrder(
  applying: Applying,
  seatIds: readonly number[],
  scheduleId = applying.rows.seats.get(seatIds[0] as number)?.scheduleId ?? 0,
): Decision<{ order: OrderRow; bookings: readonly BookingRow[] }> {
  const { rows, now } = applying;
  const ending = ordersThatEnd(applying, scheduleId, seatIds);
  const decision = decidePlaces(applying, scheduleId, seatIds, ending);
  if (decision.refusal) return decision;
  for (const order of ending) expireOrder(rows, order, now);
  return { change: addOrder(applying, decision.change) };
}

function decidePlaces(
  { command, rows, now, settings }: Applying,
  scheduleId: number,
  seatIds: readonly number[],
  ending: readonly OrderRow[],
): Decision<Place[]> {
  const { userId, acceptedAt } = command;
  const { holdMs, holdGraceMs: graceMs, seatsPerUserMax: max } = settings;
  const isOwn = (order: OrderRow) => order.userId === userId && order.scheduleId === scheduleId;
  const given = ending.filter(isOwn).flatMap((order) => heldBookingsOf(rows, order)).length;
  const live = rows.liveSeats.of(userId, scheduleId) - given;
  const places: Place[] = [];
  for (const [index, seatId] of seatIds.entries()) {
    const seat = rows.seats.get(seatId);
    if (seat && seat.scheduleId !== scheduleId) {
      const detail = `Seat ${seatId} does not belong to schedule ${scheduleId}, the schedule of the order.`;
      return refuse('SEAT_NOT_FOUND', detail, { seatId });
    }
    const limit = { live: live + index, max };
    const decision = decideHold({ seatId, seat, acceptedAt, now, holdMs, graceMs, limit });
    if (decision.refusal) return decision;
    assert(seat, `The hold of seat ${seatId} was accepted, but the seat is not loaded.`);
    places.push({ seat, hold: decision.change });
  }
  return { change: places };
}

/** The orders with an expired hold that this one ends. */
function ordersThatEnd(
  { command: { userId }, rows, now, settings: { seatsPerUserMax: max } }: Applying,
  scheduleId: number,
  seatIds: readonly number[],
): OrderRow[] {
  const isRunOut = (seatId: number) => {
    const seat = rows.seats.get(seatId);
    return seat?.state === 'held' && isFree(seat, now);
  };
  const expiring = (ids: readonly number[]) =>
    expiredOrdersOn(rows, ids.filter(isRunOut)).map((order) => counted.get(order) ?? count(order));
  const counted = new Map<OrderRow, { order: OrderRow; places: number }>();
  const count = (order: OrderRow) => {
    const found = { order, places: heldBookingsOf(rows, order).length };
    counted.set(order, found);
    return found;
  };
  const ending = ordersToEnd({
    live: rows.liveSeats.of(userId, scheduleId),
    max,
    wanted: seatIds.length,
    inTheWay: expiring(seatIds),
    own: expiring(rows.liveSeats.expiredHoldsOf(userId, scheduleId)),
  });
  return ending.map(({ order }) => order);
}

function addOrder(applying: Applying, places: readonly Place[]) {
  const { command, rows, now, settings } = applying;
  const [{ seat: first, hold }] = places as [Place];
  const { userId, jobId } = command;
  const entry = tokenEntry(command, rows);
  const shared = {
    userId,
    concertId: first.concertId,
    scheduleId: first.scheduleId,
    holdExpiresAt: hold.holdExpiresAt,
    createdAt: now,
    endedAt: null,
    jobId,
  };
  const order = rows.orders.add({
    ...shared,
    id: rows.newIds.order.take(),
    queueId: entry?.queueId ?? first.queueId,
    entryId: entry?.id ?? null,
    state: 'held',
    total: places.reduce((sum, { seat }) => sum + seat.price, 0),
    paidAt: null,
    concertTitle: first.concertTitle,
    startAt: first.startAt,
  });
  const bookings = places.map((place) => {
    const { seat } = place;
    rows.seats.change(seat, place.hold.seat);
    return rows.bookings.add({
      ...shared,
      id: rows.newIds.booking.take(),
      orderId: order.id,
      seatId: seat.id,
      price: seat.price,
      state: 'held',
      seatLimit: settings.seatsPerUserMax,
      section: seat.section,
      rowName: seat.rowName,
      number: seat.number,
    });
  });
  rows.liveSeats.add(userId, first.scheduleId, bookings.length);
  const extended = entry && extendEntry(entry, hold.holdExpiresAt, now);
  if (extended) rows.extendEntry(entry, extended);
  return { order, bookings };
}
