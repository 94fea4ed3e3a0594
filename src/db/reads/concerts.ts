/** Concerts and their schedules, as clients see them. */
import { sql } from 'kysely';
import type { Concert, Schedule } from '../../commands/resources.ts';
import type { Database } from '../orm.ts';
import { epochMs } from './epoch-ms.ts';
import { isOnSale } from './on-sale.ts';

interface ConcertRow {
  id: string;
  title: string;
  description: string | null;
  created_at: number;
}

/** Concerts, newest first, below the id `before`; one more than `limit` where there are. */
export async function listConcerts(
  orm: Database,
  { before, limit }: { before: number | undefined; limit: number },
): Promise<Concert[]> {
  const { rows } = await sql<ConcertRow>`
    select id, title, description, ${epochMs('created_at')} as created_at from concert
    where ${before ?? null}::bigint is null or id < ${before ?? null}::bigint
    order by id desc limit ${limit + 1}`.execute(orm.em.getKysely());
  return rows.map(toConcert);
}

export async function findConcert(orm: Database, id: number): Promise<Concert | undefined> {
  const { rows } = await sql<ConcertRow>`
    select id, title, description, ${epochMs('created_at')} as created_at from concert
    where id = ${id}`.execute(orm.em.getKysely());
  return rows[0] && toConcert(rows[0]);
}

function toConcert({ id, title, description, created_at: createdAt }: ConcertRow): Concert {
  return { id: Number(id), title, description, createdAt: new Date(createdAt).toISOString() };
}

interface ScheduleRow {
  id: string;
  concert_id: string;
  booking_start_at: number;
  booking_end_at: number;
  start_at: number;
  end_at: number;
  seat_count: number;
}

/** The schedules of a concert that are on sale now, by id, above the id `after`. */
export async function listBookableSchedules(
  orm: Database,
  { concertId, after, limit }: { concertId: number; after: number; limit: number },
): Promise<Schedule[]> {
  const { rows } = await sql<ScheduleRow>`
    select schedule.id, concert_id, seat_count,
      ${epochMs('booking_start_at')} as booking_start_at,
      ${epochMs('booking_end_at')} as booking_end_at,
      ${epochMs('start_at')} as start_at,
      ${epochMs('end_at')} as end_at
    from schedule
    where concert_id = ${concertId} and id > ${after} and ${isOnSale}
    order by id limit ${limit + 1}`.execute(orm.em.getKysely());
  return rows.map((row) => ({
    id: Number(row.id),
    concertId: Number(row.concert_id),
    bookingStartAt: new Date(row.booking_start_at).toISOString(),
    bookingEndAt: new Date(row.booking_end_at).toISOString(),
    startAt: new Date(row.start_at).toISOString(),
    endAt: new Date(row.end_at).toISOString(),
    seatCount: row.seat_count,
  }));
}

/** The available seats of schedules, by schedule: counted one by one among those that are taken. */
export async function countAvailableSeats(
  orm: Database,
  scheduleIds: readonly number[],
): Promise<Map<number, number>> {
  const { rows } = await sql<{ id: string; available: number }>`
    select id, seat_count - (
      select count(*)::int from seat
      where schedule_id = schedule.id and (
        state = 'sold' or blocked_reason is not null
        or (state = 'held' and held_until > statement_timestamp()))
    ) as available
    from schedule where id = any(${[...scheduleIds]}::bigint[])`.execute(orm.em.getKysely());
  return new Map(rows.map(({ id, available }) => [Number(id), available]));
}
