/** Loads and locks seats and orders, and reads the bookings of these orders. */
import { type RawBuilder, sql } from 'kysely';
import type { Send } from '../../../src/db/connection/pipeline.ts';
import { anyOf, db, type Given, statement } from '../../../src/db/statement.ts';
import type { BookingRow, OrderRow, Rows } from '../rows.ts';
import { type Limited, loadLiveSeats } from './load-live-seats.ts';
import { lockSeats, namedOrders, type Wanted } from './lock-seats.ts';

type Named = Omit<Wanted, 'seatIds'>;

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
    ])
    .where('app_order.id', '=', anyOf(ids))
    .orderBy('app_order.id')
    .forUpdate('app_order');

const lockOrders = statement('lock orders', (named: Given<Named>) => ordersIn(namedOrders(named)));
const lockExpiredOrders = statement(
  'lock expired orders',
  ({ seatIds }: Given<{ seatIds: readonly number[] }>) =>
    ordersIn(
      sql`array(${db
        .selectFrom('booking')
        .select('order_id')
        .where('seat_id', '=', anyOf(seatIds))
        .where('state', '=', sql.lit('held'))})`,
    ),
);

/** Bookings are only changed under the lock of their order, so they need none of their own. */
const readBookings = statement('bookings of orders', (named: Given<Named>) =>
  db
    .selectFrom('booking')
    .innerJoin('seat', 'seat.id', 'seat_id')
    .select([
      'booking.id',
      'order_id as orderId',
      'user_id as userId',
      'concert_id as concertId',
      'booking.schedule_id as scheduleId',
      'seat_id as seatId',
      'booking.price',
      'booking.state',
      'hold_expires_at as holdExpiresAt',
      'created_at as createdAt',
      'ended_at as endedAt',
      'job_id as jobId',
      'seat_limit as seatLimit',
      'section',
      'row_name as rowName',
      'number',
    ])
    .where('order_id', '=', anyOf(namedOrders(named)))
    .orderBy('booking.id'),
);

/** Loads the seats and orders that commands want and name, and those whose expired holds a handler may end. */
export async function loadOrders(
  send: Send,
  rows: Rows,
  { seatIds, scheduleIds, orderIds, bookingIds, userIds }: Wanted & Limited,
): Promise<void> {
  const isNamed = orderIds.length + bookingIds.length > 0;
  if (seatIds.length === 0 && !isNamed) return;
  const named = { orderIds, bookingIds };
  // The bookings are read after their orders were locked: joined to them, they would be those before a wait for the lock.
  const [seats, , orders, bookings] = await Promise.all([
    lockSeats(send, { ...named, seatIds, scheduleIds, userIds }),
    loadLiveSeats(send, rows, { seatIds, scheduleIds, userIds }),
    isNamed ? send(lockOrders(named)) : [],
    isNamed ? send(readBookings(named)) : [],
  ]);
  for (const seat of seats) rows.seats.load(seat);
  load(rows, orders, bookings);
  const runOut = seats.filter(({ id, isRunOut }) => isRunOut && !rows.bookings.heldOn(id));
  if (runOut.length > 0) await loadExpired(send, rows, { seatIds: runOut.map(({ id }) => id) });
}

/**
 * Loads the orders whose expired holds keep these seats, which are locked. This is rare, so that it may cost two round
 * trips. It never waits for an order: whoever has locked one has locked all its seats before.
 */
async function loadExpired(
  send: Send,
  rows: Rows,
  { seatIds }: { seatIds: readonly number[] },
): Promise<void> {
  const orders = await send(lockExpiredOrders({ seatIds }));
  const orderIds = orders.map(({ id }) => id);
  load(rows, orders, await send(readBookings({ orderIds, bookingIds: [] })));
}

function load(rows: Rows, orders: readonly OrderRow[], bookings: readonly BookingRow[]): void {
  for (const order of orders) rows.orders.load(order);
  for (const booking of bookings) rows.bookings.load(booking);
}
