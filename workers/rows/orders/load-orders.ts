/** Loads and locks areas, seats and orders, and reads the bookings of these orders. */
import { type RawBuilder, sql } from 'kysely';
import { areaName } from '../../../src/db/area-name.ts';
import type { Send } from '../../../src/db/connection/pipeline.ts';
import { anyOf, checkedAfterwards, db, type Given, statement } from '../../../src/db/statement.ts';
import { distinct, idsIn, type Needing } from '../needing.ts';
import type { BookingRow, OrderRow, Rows } from '../rows.ts';
import { loadCheckIns } from '../tickets/check-ins.ts';
import { expiredOrdersIn, type WantedAreas } from './expired-places.ts';
import { loadLiveSeats } from './load-live-seats.ts';
import { type AreaLocks, lockAreas } from './lock-areas.ts';
import { lockSeats } from './lock-seats.ts';
import { type Named, namedOrders } from './named-orders.ts';
import { wantedPlaces } from './wanted-places.ts';

const ordersIn = (ids: RawBuilder<number[]>) =>
  db
    .selectFrom('app_order')
    .innerJoin('schedule', 'schedule.id', 'schedule_id')
    .innerJoin('concert', 'concert.id', 'app_order.concert_id')
    .select([
      'app_order.id',
      'user_id as userId',
      'app_order.concert_id as concertId',
      'schedule_id as scheduleId',
      'app_order.queue_id as queueId',
      'entry_id as entryId',
      'state',
      'total',
      'hold_expires_at as holdExpiresAt',
      'app_order.created_at as createdAt',
      'paid_at as paidAt',
      'ended_at as endedAt',
      'job_id as jobId',
      'title as concertTitle',
      'start_at as startAt',
      'cancelled_at as cancelledAt',
    ])
    .where('app_order.id', '=', anyOf(ids))
    .orderBy('app_order.id')
    .forUpdate('app_order');

const lockOrders = statement('lock orders', (named: Given<Named>) => ordersIn(namedOrders(named)));
/** What the expired holds keep that a handler may end. */
interface Expired extends Named, WantedAreas {
  /** Seats, which are locked and whose holds have run out: their live bookings are held. */
  seatIds: readonly number[];
  /** Orders with places of locked areas. */
  ownIds: readonly number[];
}

const lockExpiredOrders = statement('lock expired orders', (given: Given<Expired>) =>
  ordersIn(
    sql`(${given.ownIds}::bigint[] || ${expiredOrdersIn(given, namedOrders(given))} || array(${db
      .selectFrom('booking')
      .select('order_id')
      .where('seat_id', '=', anyOf(given.seatIds))
      .where('ended_as', 'is', null)}))`,
  ),
);

/** The named orders that have a checkout which is not over: looked up once for all bookings. */
const ordersWithPage = (named: Given<Named>) =>
  sql<number[]>`array(${db
    .selectFrom('checkout')
    .select('order_id')
    .where('order_id', '=', anyOf(namedOrders(named)))
    .where(checkedAfterwards(sql`look_at is not null`))})`;

/**
 * Bookings are only changed under the lock of their order, so they need none of their own. Checkouts are only begun under it, so each
 * booking also says whether its order has one that is not over.
 */
const readBookings = statement('bookings of orders', (named: Given<Named>) =>
  db
    .selectFrom('booking')
    .leftJoin('seat', 'seat.id', 'seat_id')
    .select([
      'booking.id',
      'order_id as orderId',
      'seat_id as seatId',
      'area_id as areaId',
      'booking.price',
      'ended_as as endedAs',
      'area_held_until as areaHeldUntil',
      'ended_at as endedAt',
      'section',
      'row_name as rowName',
      'number',
    ])
    .select(areaName.as('areaName'))
    .select(sql<boolean>`(order_id = any(${ordersWithPage(named)}))`.as('hasPage'))
    .where('order_id', '=', anyOf(namedOrders(named)))
    // By the id itself, a plan from the time of a few bookings would read all of them in its order.
    .orderBy(sql`booking.id + 0`),
);

/** Loads the areas, seats and orders that commands want and name, and those whose expired holds a handler may end. */
export async function loadOrders(
  send: Send,
  rows: Rows,
  batch: readonly Needing[],
  locks: AreaLocks,
): Promise<void> {
  const wanted = wantedPlaces(rows, batch, locks.areaIds);
  const { seatIds, areaIds, orderIds, bookingIds } = wanted;
  const named = { orderIds, bookingIds };
  const ticketIds = idsIn(batch, ({ ticketId }) => ticketId);
  const locked = { orderIds, bookingIds: [...bookingIds, ...ticketIds] };
  const isNamed = orderIds.length + locked.bookingIds.length > 0;
  const isAnyPlace = seatIds.length + areaIds.length + orderIds.length + bookingIds.length > 0;
  if (!isAnyPlace && !isNamed) return;
  const areAreasLocked = locks.locksAreas || areaIds.length > 0;
  // The bookings are read after their orders were locked: joined to them, they would be those before a wait for the lock.
  const [areas, seats, , orders, bookings] = await Promise.all([
    areAreasLocked ? lockAreas(send, wanted) : [],
    isAnyPlace ? lockSeats(send, wanted) : [],
    loadLiveSeats(send, rows, wanted),
    isNamed ? send(lockOrders(locked)) : [],
    isNamed ? send(readBookings(locked)) : [],
    loadCheckIns(send, rows, batch),
  ]);
  for (const area of areas) rows.areas.load(area);
  for (const seat of seats) rows.seats.load(seat);
  load(rows, orders, bookings);
  const runOut = seats.filter(({ id, isRunOut }) => isRunOut && !rows.bookings.liveOn(id));
  const expired = {
    ...named,
    ...shortOf(rows, wanted),
    seatIds: runOut.map(({ id }) => id),
    ownIds: areAreasLocked ? ownExpired(rows) : [],
  };
  const isAnyExpired = expired.seatIds.length + expired.areaIds.length + expired.ownIds.length > 0;
  if (isAnyExpired) await loadExpired(send, rows, expired);
}

/** The areas that have too few free places and in which some are held, so that expired holds may be among them. */
function shortOf(rows: Rows, { areaIds, places }: WantedAreas): WantedAreas {
  const short = areaIds.flatMap((areaId, index) => {
    const wanted = places[index] ?? 0;
    const area = rows.areas.get(areaId);
    if (!area || area.held === 0 || area.capacity - area.held - area.sold >= wanted) return [];
    return [{ areaId, wanted }];
  });
  return {
    areaIds: short.map(({ areaId }) => areaId),
    places: short.map(({ wanted }) => wanted),
  };
}

/** The orders of the limited users with expired places of areas. Those with seats are found by the seats. */
function ownExpired(rows: Rows): number[] {
  const expired = [...rows.liveSeats.expiredHolds()].filter(({ isRunOut }) => isRunOut);
  return distinct(expired.map(({ orderId }) => orderId)).filter((id) => !rows.orders.get(id));
}

/**
 * Loads the orders whose expired holds keep these seats and places. This is rare, so that it may cost two round trips. It
 * does not wait for an order, because whoever has locked one has locked all its areas and seats before, but for orders of scanned
 * tickets, which are paid. Only a process that does not know of areas yet may have locked its first order without them; a deadlock
 * with it would be a clash, which is retried.
 */
async function loadExpired(send: Send, rows: Rows, expired: Expired): Promise<void> {
  const found = await send(lockExpiredOrders(expired));
  const orders = found.filter(({ id }) => !rows.orders.get(id));
  const orderIds = orders.map(({ id }) => id);
  load(rows, orders, await send(readBookings({ orderIds, bookingIds: [] })));
}

type ReadBooking = BookingRow & { hasPage: boolean };

function load(rows: Rows, orders: readonly OrderRow[], bookings: readonly ReadBooking[]): void {
  for (const order of orders) rows.orders.load(order);
  for (const booking of bookings) {
    rows.bookings.load(booking);
    if (booking.hasPage) rows.money.ordersWithPage.add(booking.orderId);
  }
}
