/** A user's bookings, newest first; all of them, or those in one state, or of some time. */
import { sql } from 'kysely';
import type { Booking } from '../../commands/resources.ts';
import type { Database } from '../connection/orm.ts';
import { epochMs } from './epoch-ms.ts';

interface BookingRecord {
  id: string;
  concert_id: string;
  title: string;
  schedule_id: string;
  start_at: number;
  seat_id: string;
  section: string | null;
  row_name: string | null;
  number: number;
  price: number;
  state: Booking['state'];
  hold_expires_at: number;
  created_at: number;
  created_us: string;
}

/** Which bookings; `from` is included, `to` is not, both are of `createdAt`. */
export interface BookingFilter {
  subject: string;
  state?: Booking['state'] | undefined;
  from?: string | undefined;
  to?: string | undefined;
  /** The last booking of the page before: its time, in µs since 1970, and its id. */
  before: { createdAtUs: number; id: number } | undefined;
  limit: number;
}

/** A booking with the key of the list: its time in µs since 1970, as PostgreSQL keeps it. */
export interface BookingRow extends Booking {
  createdAtUs: number;
}

/** The hold is over, and others can book the seat, though nobody has ended it yet: it counts as expired. */
const hasRunOut = sql`(booking.state = 'held' and seat.held_until <= statement_timestamp())`;

/** One more booking than `limit` where there are. */
export async function listBookings(orm: Database, filter: BookingFilter): Promise<BookingRow[]> {
  const { from, to, before, limit } = filter;
  const conditions = [
    sql`user_id = (select id from app_user where subject = ${filter.subject})`,
    ...(from ? [sql`booking.created_at >= ${from}::timestamptz`] : []),
    ...(to ? [sql`booking.created_at < ${to}::timestamptz`] : []),
    ...(before
      ? [
          sql`(booking.created_at, booking.id) <
            (timestamptz 'epoch' + ${before.createdAtUs}::bigint * interval '1 microsecond', ${before.id}::bigint)`,
        ]
      : []),
  ];
  // Each part is read in the order of an index and ends at the limit.
  const parts = conditionsOfState(filter.state).map(
    (ofState) => sql`(
      select booking.*,
        case when ${hasRunOut} then 'expired' else booking.state end as shown_state,
        section, row_name, number
      from booking join seat on seat.id = seat_id
      where ${sql.join([...conditions, ...ofState], sql` and `)}
      order by booking.created_at desc, booking.id desc limit ${limit + 1})`,
  );
  const { rows } = await sql<BookingRecord>`
    select found.id, found.concert_id, title, schedule_id, seat_id, section, row_name, number, price,
      shown_state as state,
      ${epochMs('start_at')} as start_at,
      ${epochMs('hold_expires_at')} as hold_expires_at,
      ${epochMs('found.created_at')} as created_at,
      (extract(epoch from found.created_at) * 1000000)::bigint as created_us
    from (${sql.join(parts, sql` union all `)}) found
    join schedule on schedule.id = schedule_id
    join concert on concert.id = found.concert_id
    order by found.created_at desc, found.id desc limit ${limit + 1}`.execute(orm.em.getKysely());
  return rows.map(toBooking);
}

/** The parts of a state, each found by index: an expired booking is ended, or a hold that has run out. */
function conditionsOfState(state: BookingFilter['state']) {
  if (state === undefined) return [[]];
  if (state === 'held') return [[sql`booking.state = 'held'`, sql`not ${hasRunOut}`]];
  if (state === 'expired') {
    return [[sql`booking.state = 'expired'`], [sql`booking.state = 'held'`, hasRunOut]];
  }
  return [[sql`booking.state = ${state}`]];
}

function toBooking(row: BookingRecord): BookingRow {
  return {
    id: Number(row.id),
    concertId: Number(row.concert_id),
    concertTitle: row.title,
    scheduleId: Number(row.schedule_id),
    startAt: new Date(row.start_at).toISOString(),
    seatId: Number(row.seat_id),
    section: row.section,
    row: row.row_name,
    seatNumber: row.number,
    price: row.price,
    state: row.state,
    holdExpiresAt: new Date(row.hold_expires_at).toISOString(),
    createdAt: new Date(row.created_at).toISOString(),
    createdAtUs: Number(row.created_us),
  };
}
