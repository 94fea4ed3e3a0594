/** Which orders a new one ends: their holds have run out, and it needs their places. */
import { strict as assert } from 'node:assert';
import { placeCount } from '../../../src/commands/orders/place-order.ts';
import { freePlaces } from '../../../src/domain/areas.ts';
import { isOverForOthers, ordersToEnd } from '../../../src/domain/holds.ts';
import type { ExpiredHold, OrderRow, Rows } from '../../rows/rows.ts';
import { AreaNotLocked } from '../../rows/rows-changed.ts';
import type { Applying } from '../handler.ts';
import { expiredOrdersOn, heldBookingsOf } from './expire-order.ts';
import { isPlaceLocked } from './places.ts';

/** What an order is to hold. */
export interface WantedPlaces {
  /** Distinct ids. */
  seatIds: readonly number[];
  /** No area twice. */
  areas: readonly { areaId: number; quantity: number }[];
}

/** The held places of an area in these orders. */
export function heldIn(rows: Rows, orders: Iterable<OrderRow>, areaId: number): number {
  const held = [...orders].flatMap((order) => heldBookingsOf(rows, order));
  return held.filter((booking) => booking.areaId === areaId).length;
}

/** The orders with an expired hold that this one ends. */
export function ordersThatEnd(
  applying: Applying,
  scheduleId: number,
  wanted: WantedPlaces,
): OrderRow[] {
  const { command, rows, settings } = applying;
  const live = rows.liveSeats.of(command.userId, scheduleId);
  const max = settings.seatsPerUserMax;
  const inTheWay = ordersInTheWay(applying, wanted);
  const tooMany = live + placeCount(wanted) - max;
  const counted = new Map<OrderRow, { order: OrderRow; places: number }>();
  const count = (order: OrderRow) => {
    const found = counted.get(order) ?? { order, places: heldBookingsOf(rows, order).length };
    counted.set(order, found);
    return found;
  };
  const ending = ordersToEnd({
    live,
    max,
    wanted: placeCount(wanted),
    inTheWay: inTheWay.map(count),
    own: ownExpired(applying, scheduleId, { inTheWay, tooMany }).map(count),
  });
  return ending.map(({ order }) => order);
}

/**
 * Those that hold a wanted seat, and those of each area that have to give places back, the longest expired first. An order of
 * which another area or seat is not locked comes last: locking that too would repeat the whole batch.
 */
function ordersInTheWay(applying: Applying, { seatIds, areas }: WantedPlaces): OrderRow[] {
  const { rows, overBy } = applying;
  const runOut = seatIds.filter((seatId) => isSeatRunOut(applying, seatId));
  const ending = new Set(expiredOrdersOn(rows, runOut));
  for (const { areaId, quantity } of areas) {
    const area = rows.areas.get(areaId);
    if (!area || freePlaces(area) >= quantity) continue;
    let free = freePlaces(area) + heldIn(rows, ending, areaId);
    const end = (order: OrderRow) => {
      ending.add(order);
      free += heldIn(rows, [order], areaId);
    };
    const notLocked = new Set<OrderRow>();
    for (const { orderId } of rows.bookings.expiredIn(areaId, overBy)) {
      if (free >= quantity) break;
      const order = rows.orders.get(orderId);
      assert(order, `Order ${orderId} is not loaded, but its bookings are.`);
      if (ending.has(order)) continue;
      if (heldBookingsOf(rows, order).every((booking) => isPlaceLocked(rows, booking))) end(order);
      else notLocked.add(order);
    }
    for (const order of notLocked) if (free < quantity) end(order);
  }
  return [...ending];
}

/**
 * The user's orders whose hold and grace period have expired: those in the way, and of the others as many as the limit requires,
 * the oldest first.
 * @param tooMany by how many places the user would be over the limit if no order ended
 * @throws {AreaNotLocked} when one of them is of areas alone, which the batch has not locked
 */
function ownExpired(
  applying: Applying,
  scheduleId: number,
  { inTheWay, tooMany }: { inTheWay: readonly OrderRow[]; tooMany: number },
): OrderRow[] {
  const { command, rows } = applying;
  const { userId } = command;
  const isOwn = (order: OrderRow) => order.userId === userId && order.scheduleId === scheduleId;
  const own = new Set(inTheWay.filter(isOwn));
  const heldBy = (order: OrderRow) => heldBookingsOf(rows, order).length;
  let lacking = [...own].reduce((sum, order) => sum - heldBy(order), tooMany);
  for (const hold of rows.liveSeats.expiredHoldsOf(userId, scheduleId)) {
    if (lacking <= 0) break;
    const order = runOutOrder(applying, hold);
    if (!order || own.has(order)) continue;
    own.add(order);
    lacking -= heldBy(order);
  }
  return [...own];
}

/** The order of an expired hold; undefined in its grace period. */
function runOutOrder(applying: Applying, hold: ExpiredHold): OrderRow | undefined {
  const { rows, overBy } = applying;
  const { orderId, seatId } = hold;
  if (seatId !== null) {
    return isSeatRunOut(applying, seatId) ? expiredOrdersOn(rows, [seatId])[0] : undefined;
  }
  if (!hold.isRunOut) return undefined;
  const order = rows.orders.get(orderId);
  if (!order) throw new AreaNotLocked(`The areas of order ${orderId} are not locked.`);
  const isOver = heldBookingsOf(rows, order).every(({ areaHeldUntil: heldUntil }) =>
    isOverForOthers({ heldUntil }, overBy),
  );
  return order.state === 'held' && isOver ? order : undefined;
}

function isSeatRunOut({ rows, overBy }: Applying, seatId: number): boolean {
  const seat = rows.seats.get(seatId);
  return seat?.state === 'held' && isOverForOthers(seat, overBy);
}
