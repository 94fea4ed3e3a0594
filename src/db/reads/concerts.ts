/** Concerts and their schedules, as clients see them. */
import { type RawBuilder, sql } from 'kysely';
import type { Booking, Concert, Schedule } from '../../commands/resources.ts';
import type { Database } from '../connection/orm.ts';
import { epochMs } from './epoch-ms.ts';
import { isOnSale, isSaleAhead } from './on-sale.ts';

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

interface ScheduleRecord {
  id: string;
  concert_id: string;
  booking_start_at: number;
  booking_end_at: number;
  start_at: number;
  end_at: number;
  seat_count: number;
  sale_state: NonNullable<Schedule['saleState']>;
  start_us: string;
}

/** Which schedules of a concert; `from` is included, `to` is not, both are of `startAt`. */
export interface ScheduleFilter {
  concertId: number;
  from?: string | undefined;
  to?: string | undefined;
  limit: number;
}

/** A schedule with the key of the list by start: its time in µs since 1970, as PostgreSQL keeps it. */
export interface ScheduleRow extends Schedule {
  startAtUs: number;
}

/** All schedules of a concert by start, after the one named; one more than `limit` where there are. */
export async function listSchedules(
  orm: Database,
  filter: ScheduleFilter & { after: { startAtUs: number; id: number } | undefined },
): Promise<ScheduleRow[]> {
  const { after } = filter;
  return readSchedules(orm, filter, {
    conditions: after
      ? [
          sql`(start_at, id) >
            (timestamptz 'epoch' + ${after.startAtUs}::bigint * interval '1 microsecond', ${after.id}::bigint)`,
        ]
      : [],
    // Without its table `start_at` would be the column of the result, which no index has.
    order: sql`schedule.start_at, id`,
  });
}

/** The schedules of a concert that are on sale now, by id, above the id `after`. */
export async function listBookableSchedules(
  orm: Database,
  filter: ScheduleFilter & { after: number },
): Promise<ScheduleRow[]> {
  // The sum is the id, but not for the planner: it would walk the primary key over the schedules of all concerts.
  return readSchedules(orm, filter, {
    conditions: [sql`id + 0 > ${filter.after}`, isOnSale],
    order: sql`id + 0`,
  });
}

async function readSchedules(
  orm: Database,
  { concertId, from, to, limit }: ScheduleFilter,
  { conditions, order }: { conditions: RawBuilder<unknown>[]; order: RawBuilder<unknown> },
): Promise<ScheduleRow[]> {
  const all = [
    sql`concert_id = ${concertId}`,
    ...(from ? [sql`start_at >= ${from}::timestamptz`] : []),
    ...(to ? [sql`start_at < ${to}::timestamptz`] : []),
    ...conditions,
  ];
  const { rows } = await sql<ScheduleRecord>`
    select id, concert_id, seat_count,
      case when not ${isSaleAhead} then 'ended'
        when booking_start_at > statement_timestamp() then 'upcoming' else 'open' end as sale_state,
      ${epochMs('booking_start_at')} as booking_start_at,
      ${epochMs('booking_end_at')} as booking_end_at,
      ${epochMs('start_at')} as start_at,
      ${epochMs('end_at')} as end_at,
      (extract(epoch from start_at) * 1000000)::bigint as start_us
    from schedule where ${sql.join(all, sql` and `)}
    order by ${order} limit ${limit + 1}`.execute(orm.em.getKysely());
  return rows.map(toSchedule);
}

function toSchedule(row: ScheduleRecord): ScheduleRow {
  return {
    id: Number(row.id),
    concertId: Number(row.concert_id),
    bookingStartAt: new Date(row.booking_start_at).toISOString(),
    bookingEndAt: new Date(row.booking_end_at).toISOString(),
    startAt: new Date(row.start_at).toISOString(),
    endAt: new Date(row.end_at).toISOString(),
    seatCount: row.seat_count,
    saleState: row.sale_state,
    startAtUs: Number(row.start_us),
  };
}

/** What a booking says of its performance besides ids. */
export type Performance = Pick<Booking, 'concertTitle' | 'startAt'>;

/** The performances of schedules, by schedule id. */
export async function readPerformances(
  orm: Database,
  scheduleIds: readonly number[],
): Promise<Map<number, Performance>> {
  const { rows } = await sql<{ id: string; title: string; start_at: number }>`
    select schedule.id, title, ${epochMs('start_at')} as start_at
    from schedule join concert on concert.id = concert_id
    where schedule.id = any(${[...scheduleIds]}::bigint[])`.execute(orm.em.getKysely());
  return new Map(
    rows.map(({ id, title, start_at: startAt }) => [
      Number(id),
      { concertTitle: title, startAt: new Date(startAt).toISOString() },
    ]),
  );
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
