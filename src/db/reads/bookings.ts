/** A user's bookings, newest first, optionally filtered by state and time. */
import { type Expression, type InferResult, type SqlBool, sql } from 'kysely';
import type { Booking } from '../../commands/schemas/resources.ts';
import type { Database } from '../connection/orm.ts';
import { rowsOf } from '../connection/pipeline.ts';
import { BOOKING_STATES } from '../entities/booking.ts';
import { db, type Given, statement } from '../statement.ts';
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

/** A booking with its sort key, the time in µs since 1970. */
export interface BookingRow extends Booking {
  createdAtUs: number;
}

/** The hold and its grace period have expired, but it is not ended yet. It counts as expired, since others can book the seat. */
const isExpired = sql<boolean>`(booking.state = 'held' and seat.held_until <= statement_timestamp())`;
const isNotExpired = sql<boolean>`not ${isExpired}`;
const isIn = (state: Expression<Booking['state']>) => sql<boolean>`booking.state = ${state}`;

/** A part of the list. It is read in index order, and stops at the limit. */
const part = (
  { subject, from, us, id, limit }: Given<UserPage>,
  ...conditions: Expression<SqlBool>[]
) =>
  db
    .selectFrom('booking')
    .innerJoin('seat', 'seat.id', 'booking.seat_id')
    .selectAll('booking')
    .select(['section', 'row_name', 'number'])
    .select(
      sql<Booking['state']>`case when ${isExpired} then 'expired' else booking.state end`.as(
        'shown_state',
      ),
    )
    .where('user_id', '=', db.selectFrom('app_user').select('id').where('subject', '=', subject))
    .where('booking.created_at', '>=', timeFrom(from))
    .where((one) =>
      one(one.refTuple('booking.created_at', 'booking.id'), '<', one.tuple(timeOf(us), id)),
    )
    .where((one) => one.and(conditions))
    .orderBy('booking.created_at', 'desc')
    .orderBy('booking.id', 'desc')
    .limit(limit);

type Part = ReturnType<typeof part>;

const pageOf = (limit: Expression<number>, ...parts: Part[]) =>
  db
    .selectFrom(sql<InferResult<Part>[number]>`(${sql.join(parts, sql` union all `)})`.as('found'))
    .innerJoin('schedule', 'schedule.id', 'found.schedule_id')
    .innerJoin('concert', 'concert.id', 'found.concert_id')
    .select([
      'found.id',
      'order_id as orderId',
      'found.concert_id as concertId',
      'title as concertTitle',
      'schedule_id as scheduleId',
      'start_at as startAt',
      'seat_id as seatId',
      'section',
      'row_name as row',
      'number as seatNumber',
      'price',
      'shown_state as state',
      'hold_expires_at as holdExpiresAt',
      'found.created_at as createdAt',
    ])
    .select((one) => microseconds(one.ref('found.created_at')).as('createdAtUs'))
    .orderBy('found.created_at', 'desc')
    .orderBy('found.id', 'desc')
    .limit(limit);

/** The index has the state before the time, so a list of all states is merged of one part for each. */
const allBookings = statement('bookings', (given: Given<UserPage>) =>
  pageOf(given.limit, ...BOOKING_STATES.map((state) => part(given, isIn(sql.lit(state))))),
);
const heldBookings = statement('bookings that are held', (given: Given<UserPage>) =>
  pageOf(given.limit, part(given, isIn(sql.lit('held')), isNotExpired)),
);
/** Expired bookings have the state `expired`, or are expired holds that are not ended yet. */
const expiredBookings = statement('bookings that have expired', (given: Given<UserPage>) =>
  pageOf(
    given.limit,
    part(given, isIn(sql.lit('expired'))),
    part(given, isIn(sql.lit('held')), isExpired),
  ),
);
const bookingsIn = statement(
  'bookings in a state',
  (given: Given<UserPage & { state: Booking['state'] }>) =>
    pageOf(given.limit, part(given, isIn(given.state))),
);

/** Returns up to `limit + 1` bookings; the extra one shows that there is a next page. */
export async function listBookings(orm: Database, filter: BookingFilter): Promise<BookingRow[]> {
  const { subject, state, from = '-infinity', to, before, limit } = filter;
  const key = beginningOf(before && { us: before.createdAtUs, id: before.id }, to);
  const page = { ...key, subject, from, limit: limit + 1 };
  const rows = await rowsOf(orm, inState(page, state));
  return rows.map((row) => ({
    ...row,
    areaId: null,
    startAt: row.startAt.toISOString(),
    holdExpiresAt: row.holdExpiresAt.toISOString(),
    createdAt: row.createdAt.toISOString(),
  }));
}

function inState(page: UserPage, state: BookingFilter['state']) {
  if (state === undefined) return allBookings(page);
  if (state === 'held') return heldBookings(page);
  if (state === 'expired') return expiredBookings(page);
  return bookingsIn({ ...page, state });
}
