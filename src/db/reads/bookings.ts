/** A user's bookings, newest first. */
import { sql } from 'kysely';
import type { Booking } from '../../commands/resources.ts';
import type { Database } from '../orm.ts';
import { epochMs } from './epoch-ms.ts';

interface BookingRow {
  id: string;
  concert_id: string;
  schedule_id: string;
  seat_id: string;
  section: string | null;
  row_name: string | null;
  number: number;
  price: number;
  state: Booking['state'];
  hold_expires_at: number;
  created_at: number;
}

/**
 * The bookings of a user below the id `before`; one more than `limit` where there are. A hold whose
 * seat others can book again shows as expired even before anybody ended it.
 */
export async function listBookings(
  orm: Database,
  { subject, before, limit }: { subject: string; before: number | undefined; limit: number },
): Promise<Booking[]> {
  const { rows } = await sql<BookingRow>`
    select booking.id, concert_id, booking.schedule_id, seat_id, section, row_name, number,
      booking.price,
      case when booking.state = 'held' and seat.held_until <= statement_timestamp()
        then 'expired' else booking.state end as state,
      ${epochMs('hold_expires_at')} as hold_expires_at,
      ${epochMs('booking.created_at')} as created_at
    from booking join seat on seat.id = seat_id
    where user_id = (select id from app_user where subject = ${subject})
      and (${before ?? null}::bigint is null or booking.id < ${before ?? null}::bigint)
    order by booking.id desc limit ${limit + 1}`.execute(orm.em.getKysely());
  return rows.map((row) => ({
    id: Number(row.id),
    concertId: Number(row.concert_id),
    scheduleId: Number(row.schedule_id),
    seatId: Number(row.seat_id),
    section: row.section,
    row: row.row_name,
    seatNumber: row.number,
    price: row.price,
    state: row.state,
    holdExpiresAt: new Date(row.hold_expires_at).toISOString(),
    createdAt: new Date(row.created_at).toISOString(),
  }));
}
