/** A user's orders with their bookings: a list, newest first, optionally filtered by state and time, and single orders. */
import { type Expression, type InferResult, type SqlBool, sql } from 'kysely';
import type { Booking, Order } from '../../commands/schemas/resources.ts';
import { areaName } from '../area-name.ts';
import type { Database } from '../connection/orm.ts';
import { rowsOf } from '../connection/pipeline.ts';
import { ORDER_STATES } from '../entities/app-order.ts';
import { db, type Given, statement } from '../statement.ts';
import { isExpired, isFoundExpired, isNotExpired } from './expired-orders.ts';
import { beginningOf, microseconds, timeFrom, timeOf, type UserPage } from './time-key.ts';

/** Filters by `createdAt`: `from` is inclusive, `to` is exclusive. */
export interface OrderFilter {
  subject: string;
  state?: Order['state'] | undefined;
  from?: string | undefined;
  to?: string | undefined;
  /** The last order of the previous page: its time in µs since 1970, and its id. */
  before: { createdAtUs: number; id: number } | undefined;
  limit: number;
}

/** An order with its sort key, the time in µs since 1970. */
export interface OrderRow extends Order {
  createdAtUs: number;
}

/** As `isFoundExpired`, for the order of a row that has been joined with its bookings and their places. */
const isOrderExpired = sql<boolean>`bool_or(booking.is_live and ${isFoundExpired}) over (partition by found.id)`;
const isIn = (state: Expression<Order['state']>) => sql<boolean>`app_order.state = ${state}`;

const ordersOf = (subject: Expression<string>) =>
  db
    .selectFrom('app_order')
    .selectAll('app_order')
    .where('user_id', '=', db.selectFrom('app_user').select('id').where('subject', '=', subject));

/** A part of the list. It is read in index order, and stops at the limit. */
const part = (
  { subject, from, us, id, limit }: Given<UserPage>,
  ...conditions: Expression<SqlBool>[]
) =>
  ordersOf(subject)
    .where('created_at', '>=', timeFrom(from))
    .where((one) => one(one.refTuple('created_at', 'app_order.id'), '<', one.tuple(timeOf(us), id)))
    .where((one) => one.and(conditions))
    .orderBy('created_at', 'desc')
    .orderBy('app_order.id', 'desc')
    .limit(limit);

export type Found = InferResult<ReturnType<typeof ordersOf>>[number];

const unionOf = (parts: readonly ReturnType<typeof part>[]) =>
  sql<Found>`(${sql.join(parts, sql` union all `)})`;

/** One row for each booking of the orders found, so that an order and its bookings are of one moment. */
export const withBookings = (orders: ReturnType<typeof unionOf>) =>
  db
    .selectFrom(orders.as('found'))
    .innerJoin('booking', 'booking.order_id', 'found.id')
    .leftJoin('seat', 'seat.id', 'booking.seat_id')
    .innerJoin('schedule', 'schedule.id', 'found.schedule_id')
    .innerJoin('concert', 'concert.id', 'found.concert_id')
    .select([
      'found.id as orderId',
      'found.concert_id as concertId',
      'found.schedule_id as scheduleId',
      'found.queue_id as queueId',
      'total',
      'found.hold_expires_at as orderHoldExpiresAt',
      'found.created_at as placedAt',
      'paid_at as paidAt',
      'title as concertTitle',
      'time_zone as timeZone',
      'venue',
      'start_at as startAt',
      'booking.id as bookingId',
      'seat_id as seatId',
      'area_id as areaId',
      'section',
      'row_name as row',
      'number as seatNumber',
      'booking.price as price',
      'booking.hold_expires_at as holdExpiresAt',
      'booking.created_at as createdAt',
    ])
    .select((one) => [
      microseconds(one.ref('found.created_at')).as('createdAtUs'),
      areaName.as('areaName'),
      sql<Order['state']>`case when ${isOrderExpired} then 'expired' else found.state end`.as(
        'orderState',
      ),
      sql<
        Booking['state']
      >`case when ended_as is not null then ended_as when ${isOrderExpired} then 'expired'
        when found.state = 'held' then 'held' else 'paid' end`.as('state'),
    ])
    .orderBy('found.created_at', 'desc')
    .orderBy('found.id', 'desc')
    .orderBy('booking.id');

type BookingOfOrder = InferResult<ReturnType<typeof withBookings>>[number];

const pageOf = (limit: Expression<number>, ...parts: ReturnType<typeof part>[]) =>
  withBookings(
    sql<Found>`(select * from ${unionOf(parts)} as parts
      order by created_at desc, id desc limit ${limit})`,
  );

/** The index has the state before the time, so a list of all states is merged of one part for each. */
const allOrders = statement('orders', (given: Given<UserPage>) =>
  pageOf(given.limit, ...ORDER_STATES.map((state) => part(given, isIn(sql.lit(state))))),
);
const heldOrders = statement('orders that are held', (given: Given<UserPage>) =>
  pageOf(given.limit, part(given, isIn(sql.lit('held')), isNotExpired)),
);
/** Expired orders have the state `expired`, or are expired holds that are not ended yet. */
const expiredOrders = statement('orders that have expired', (given: Given<UserPage>) =>
  pageOf(
    given.limit,
    part(given, isIn(sql.lit('expired'))),
    part(given, isIn(sql.lit('held')), isExpired),
  ),
);
const ordersIn = statement(
  'orders in a state',
  (given: Given<UserPage & { state: Order['state'] }>) =>
    pageOf(given.limit, part(given, isIn(given.state))),
);
const oneOrder = statement(
  'one order of a user',
  ({ subject, orderId }: Given<{ subject: string; orderId: number }>) =>
    withBookings(sql<Found>`(${ordersOf(subject).where('app_order.id', '=', orderId)})`),
);

/** Returns up to `limit + 1` orders; the extra one shows that there is a next page. */
export async function listOrders(orm: Database, filter: OrderFilter): Promise<OrderRow[]> {
  const { subject, state, from = '-infinity', to, before, limit } = filter;
  const key = beginningOf(before && { us: before.createdAtUs, id: before.id }, to);
  const page = { ...key, subject, from, limit: limit + 1 };
  return toOrders(await rowsOf(orm, inState(page, state)));
}

function inState(page: UserPage, state: OrderFilter['state']) {
  if (state === undefined) return allOrders(page);
  if (state === 'held') return heldOrders(page);
  if (state === 'expired') return expiredOrders(page);
  return ordersIn({ ...page, state });
}

/** Returns an order of a user; undefined if it does not exist or belongs to another user. */
export async function findOrder(
  orm: Database,
  wanted: { subject: string; orderId: number },
): Promise<Order | undefined> {
  const [found] = toOrders(await rowsOf(orm, oneOrder(wanted)));
  if (!found) return undefined;
  const { createdAtUs: _, ...order } = found;
  return order;
}

/** The rows of an order follow each other. */
export function toOrders(rows: readonly BookingOfOrder[]): OrderRow[] {
  return [...Map.groupBy(rows, ({ orderId }) => orderId).values()].map((all) => {
    const [row] = all as [BookingOfOrder];
    return {
      id: row.orderId,
      state: row.orderState,
      concertId: row.concertId,
      scheduleId: row.scheduleId,
      queueId: row.queueId,
      timeZone: row.timeZone,
      venue: row.venue,
      total: row.total,
      holdExpiresAt: row.orderHoldExpiresAt.toISOString(),
      bookings: all.map(toBooking),
      createdAt: row.placedAt.toISOString(),
      paidAt: row.paidAt?.toISOString() ?? null,
      createdAtUs: row.createdAtUs,
    };
  });
}

function toBooking(booking: BookingOfOrder): Booking {
  const { bookingId: id, orderId, concertId, concertTitle, scheduleId } = booking;
  const { areaId, areaName, seatId, section, row, seatNumber, price, state } = booking;
  const startAt = booking.startAt.toISOString();
  return {
    ...{ id, orderId, concertId, concertTitle, scheduleId, startAt },
    ...{ areaId, areaName, seatId, section, row, seatNumber, price, state },
    holdExpiresAt: booking.holdExpiresAt.toISOString(),
    createdAt: booking.createdAt.toISOString(),
  };
}
