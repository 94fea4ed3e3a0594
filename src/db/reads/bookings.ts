/** A user's bookings, newest first, optionally filtered by state and time. */
import { type Expression, type InferResult, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Booking } from '../../commands/schemas/resources.ts';
import type { Database } from '../connection/orm.ts';
import { rowsOf } from '../connection/pipeline.ts';
import { BOOKING_ENDS } from '../entities/booking.ts';
import { db, type Given, statement } from '../statement.ts';
import { isExpired, isFoundExpired, isNotExpired } from './expired-orders.ts';
import { beginningOf, microseconds, timeFrom, timeOf, type UserPage } from './time-key.ts';

/** Filters by `createdAt`: `from` is inclusive, `to` is exclusive. */
export interface BookingFilter {
  subject: string;
  state?: Booking['state'] | undefined;
  from?: string | undefined;
  to?: string | undefined;
  /** The last booking of the previous page: its time in µs since 1970, and its id. */
  before: { createdAtUs: number; id: number } | undefined;
  limit: number;
}

type BookingEnd = (typeof BOOKING_ENDS)[number];

/** A booking with its sort key, the time in µs since 1970. */
export interface BookingRow extends Booking {
  createdAtUs: number;
}

const userWith = (subject: Expression<string>) =>
  db.selectFrom('app_user').select('id').where('subject', '=', subject);

/** The columns of a part of the list, and the state of each booking, apart from expired holds that are not ended yet. */
const bookingsAs = (state: Expression<Booking['state']>) =>
  db
    .selectFrom('booking')
    .select(['booking.id', 'order_id', 'concert_id', 'schedule_id', 'seat_id', 'area_id', 'price'])
    .select(['hold_expires_at', 'area_held_until', 'booking.created_at'])
    .select(sql<Booking['state']>`${state}`.as('state'));

type Found = InferResult<ReturnType<typeof bookingsAs>>[number];
type Part = RawBuilder<Found>;

/** The bookings that ended in one way. They are read in index order, and reading stops at the limit. */
const endedPart = (
  { subject, from, us, id, limit }: Given<UserPage>,
  endedAs: Expression<BookingEnd>,
): Part => {
  const bookings = bookingsAs(sql`ended_as`)
    .where('user_id', '=', userWith(subject))
    .where('ended_as', '=', endedAs)
    .where('booking.created_at', '>=', timeFrom(from))
    .where((one) =>
      one(one.refTuple('booking.created_at', 'booking.id'), '<', one.tuple(timeOf(us), id)),
    )
    .orderBy('booking.created_at', 'desc')
    .orderBy('booking.id', 'desc')
    .limit(limit);
  return sql`(${bookings})`;
};

/** The states of orders that have live bookings. */
const LIVE_STATES = ['held', 'paid', 'partly-refunded'] as const;

/**
 * The live bookings of the user's orders in one state. Bookings have the time of their order, and an order has one at least: so
 * as many of the newest orders as the limit says, in index order, have enough of them. All live bookings of these orders are
 * read. Orders of the same time as the last one are read too, and those of the time at which the page begins, because
 * their bookings are ordered by their own ids.
 */
const livePart = (
  { subject, from, us, id, limit }: Given<UserPage>,
  orderState: (typeof LIVE_STATES)[number],
  ...conditions: Expression<SqlBool>[]
): Part => {
  const placed = db
    .selectFrom('app_order')
    .select('app_order.id')
    .where('user_id', '=', userWith(subject))
    .where('app_order.state', '=', sql.lit(orderState))
    .where('app_order.created_at', '>=', timeFrom(from))
    .where((one) => one.and(conditions));
  const before = placed
    .where('app_order.created_at', '<', timeOf(us))
    .orderBy('app_order.created_at', 'desc')
    .modifyEnd(sql`fetch first (${limit}) rows with ties`);
  const begun = placed.where('app_order.created_at', '=', timeOf(us));
  const bookings = bookingsAs(sql.lit(orderState === 'held' ? 'held' : 'paid'))
    .innerJoin(
      sql<{ id: number }>`((${before}) union all (${begun}))`.as('placed'),
      'placed.id',
      'order_id',
    )
    .where(sql<boolean>`is_live`)
    .where((one) =>
      one(one.refTuple('booking.created_at', 'booking.id'), '<', one.tuple(timeOf(us), id)),
    )
    .orderBy('booking.created_at', 'desc')
    .orderBy('booking.id', 'desc')
    .limit(limit);
  return sql`(${bookings})`;
};

const foundAreaName = sql<string | null>`(select name from area where area.id = found.area_id)`;

const pageOf = (limit: Expression<number>, ...parts: Part[]) =>
  db
    .selectFrom(
      sql<Found>`(select * from (${sql.join(parts, sql` union all `)}) as parts
        order by created_at desc, id desc limit ${limit})`.as('found'),
    )
    .leftJoin('seat', 'seat.id', 'found.seat_id')
    .innerJoin('schedule', 'schedule.id', 'found.schedule_id')
    .innerJoin('concert', 'concert.id', 'found.concert_id')
    .select([
      'found.id',
      'order_id as orderId',
      'found.concert_id as concertId',
      'title as concertTitle',
      'found.schedule_id as scheduleId',
      'start_at as startAt',
      'area_id as areaId',
      'seat_id as seatId',
      'section',
      'row_name as row',
      'number as seatNumber',
      'found.price',
      'hold_expires_at as holdExpiresAt',
      'found.created_at as createdAt',
    ])
    .select((one) => [
      foundAreaName.as('areaName'),
      microseconds(one.ref('found.created_at')).as('createdAtUs'),
      sql<Booking['state']>`case when ${isFoundExpired} then 'expired' else found.state end`.as(
        'state',
      ),
    ])
    .orderBy('found.created_at', 'desc')
    .orderBy('found.id', 'desc');

/** The indexes have the state before the time, so a list of all states is merged of one part for each. */
const allBookings = statement('bookings', (given: Given<UserPage>) =>
  pageOf(
    given.limit,
    ...LIVE_STATES.map((state) => livePart(given, state)),
    ...BOOKING_ENDS.map((endedAs) => endedPart(given, sql.lit(endedAs))),
  ),
);
const heldBookings = statement('bookings that are held', (given: Given<UserPage>) =>
  pageOf(given.limit, livePart(given, 'held', isNotExpired)),
);
const paidBookings = statement('bookings that are paid', (given: Given<UserPage>) =>
  pageOf(given.limit, livePart(given, 'paid'), livePart(given, 'partly-refunded')),
);
/** Expired bookings are those that ended so, and expired holds that are not ended yet. */
const expiredBookings = statement('bookings that have expired', (given: Given<UserPage>) =>
  pageOf(given.limit, endedPart(given, sql.lit('expired')), livePart(given, 'held', isExpired)),
);
const endedBookings = statement(
  'bookings that ended',
  (given: Given<UserPage & { endedAs: BookingEnd }>) =>
    pageOf(given.limit, endedPart(given, given.endedAs)),
);

/** Returns up to `limit + 1` bookings; the extra one shows that there is a next page. */
export async function listBookings(orm: Database, filter: BookingFilter): Promise<BookingRow[]> {
  const { subject, state, from = '-infinity', to, before, limit } = filter;
  const key = beginningOf(before && { us: before.createdAtUs, id: before.id }, to);
  const page = { ...key, subject, from, limit: limit + 1 };
  const rows = await rowsOf(orm, inState(page, state));
  return rows.map((row) => ({
    ...row,
    startAt: row.startAt.toISOString(),
    holdExpiresAt: row.holdExpiresAt.toISOString(),
    createdAt: row.createdAt.toISOString(),
  }));
}

function inState(page: UserPage, state: BookingFilter['state']) {
  if (state === undefined) return allBookings(page);
  if (state === 'held') return heldBookings(page);
  if (state === 'paid') return paidBookings(page);
  if (state === 'expired') return expiredBookings(page);
  return endedBookings({ ...page, endedAs: state });
}
