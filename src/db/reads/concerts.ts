/** Reads concerts and their schedules for clients. */
import { sql } from 'kysely';
import type { Booking, Concert, Schedule } from '../../commands/schemas/resources.ts';
import type { Database } from '../connection/orm.ts';
import { rowsOf } from '../connection/pipeline.ts';
import { anyOf, db, type Given, statement } from '../statement.ts';
import { isOnSale, isSaleAhead } from './on-sale.ts';
import { areasWithCounts } from './places/areas.ts';
import { microseconds, START, timeFrom, timeOf } from './time-key.ts';

const concerts = db
  .selectFrom('concert')
  .select(['id', 'title', 'description', 'created_at as createdAt', 'queue_id as queueId']);

const concertsBefore = statement(
  'concerts',
  ({ before, limit }: Given<{ before: number; limit: number }>) =>
    concerts.where('id', '<', before).orderBy('id', 'desc').limit(limit),
);
const concertWith = statement('a concert', ({ id }: Given<{ id: number }>) =>
  concerts.where('id', '=', id),
);

/** Up to `limit + 1` concerts with ids below `before`, newest first. */
export async function listConcerts(
  orm: Database,
  { before = Number.MAX_SAFE_INTEGER, limit }: { before: number | undefined; limit: number },
): Promise<Concert[]> {
  const rows = await rowsOf(orm, concertsBefore({ before, limit: limit + 1 }));
  return rows.map(toConcert);
}

export async function findConcert(orm: Database, id: number): Promise<Concert | undefined> {
  const [row] = await rowsOf(orm, concertWith({ id }));
  return row && toConcert(row);
}

const toConcert = (row: Omit<Concert, 'createdAt'> & { createdAt: Date }): Concert => ({
  ...row,
  createdAt: row.createdAt.toISOString(),
});

/** Filters a concert's schedules by `startAt`: `from` is inclusive, `to` is exclusive. */
export interface ScheduleFilter {
  concertId: number;
  from?: string | undefined;
  to?: string | undefined;
  limit: number;
}

/** A schedule with its sort key, the start in µs since 1970. */
export interface ScheduleRow extends Schedule {
  startAtUs: number;
}

interface SchedulePage {
  concertId: number;
  from: string;
  to: string;
  id: number;
  limit: number;
}

const schedules = ({ concertId, from, to, limit }: Given<SchedulePage>) =>
  db
    .selectFrom('schedule')
    .select([
      'id',
      'concert_id as concertId',
      'booking_start_at as bookingStartAt',
      'booking_end_at as bookingEndAt',
      'start_at as startAt',
      'end_at as endAt',
      'seat_count as seatCount',
    ])
    .select(
      sql<NonNullable<Schedule['saleState']>>`case when not ${isSaleAhead} then 'ended'
        when booking_start_at > statement_timestamp() then 'upcoming' else 'open' end`.as(
        'saleState',
      ),
    )
    .select(
      sql<
        NonNullable<Schedule['state']>
      >`case when cancelled_at is null then 'scheduled' else 'cancelled' end`.as('state'),
    )
    .select((one) => microseconds(one.ref('start_at')).as('startAtUs'))
    .where('concert_id', '=', concertId)
    .where('start_at', '>=', timeFrom(from))
    .where('start_at', '<', timeFrom(to))
    .limit(limit);

const schedulesByStart = statement(
  'schedules by start',
  (given: Given<SchedulePage & { us: number }>) =>
    schedules(given)
      .where((one) =>
        one(one.refTuple('start_at', 'id'), '>', one.tuple(timeOf(given.us), given.id)),
      )
      .orderBy('start_at')
      .orderBy('id'),
);

/** The id, hidden from the planner, which would otherwise scan the primary key over the schedules of all concerts. */
const inOrder = sql<number>`id + 0`;
const schedulesOnSale = statement('schedules on sale', (given: Given<SchedulePage>) =>
  schedules(given).where(inOrder, '>', given.id).where(isOnSale).orderBy(inOrder),
);

/** Up to `limit + 1` schedules of a concert by start, after the given one. */
export async function listSchedules(
  orm: Database,
  { after, ...filter }: ScheduleFilter & { after: { startAtUs: number; id: number } | undefined },
): Promise<ScheduleRow[]> {
  const { us, id } = after ? { us: after.startAtUs, id: after.id } : START;
  return readSchedules(orm, schedulesByStart({ ...pageOf(filter), us, id }));
}

/** The schedules of a concert that are on sale now, by id, above the id `after`. */
export async function listBookableSchedules(
  orm: Database,
  { after, ...filter }: ScheduleFilter & { after: number },
): Promise<ScheduleRow[]> {
  return readSchedules(orm, schedulesOnSale({ ...pageOf(filter), id: after }));
}

const pageOf = ({ concertId, from = '-infinity', to = 'infinity', limit }: ScheduleFilter) => ({
  concertId,
  from,
  to,
  limit: limit + 1,
});

async function readSchedules(
  orm: Database,
  found: ReturnType<typeof schedulesByStart>,
): Promise<ScheduleRow[]> {
  const rows = await rowsOf(orm, found);
  return rows.map((row) => ({
    ...row,
    bookingStartAt: row.bookingStartAt.toISOString(),
    bookingEndAt: row.bookingEndAt.toISOString(),
    startAt: row.startAt.toISOString(),
    endAt: row.endAt.toISOString(),
  }));
}

/** The details of a performance that bookings show. */
export type Performance = Pick<Booking, 'concertTitle' | 'startAt'>;

const performancesOf = statement('performances', ({ ids }: Given<{ ids: readonly number[] }>) =>
  db
    .selectFrom('schedule')
    .innerJoin('concert', 'concert.id', 'concert_id')
    .select(['schedule.id', 'title', 'start_at as startAt'])
    .where('schedule.id', '=', anyOf(ids)),
);

/** Reads the performances of schedules, by schedule id. */
export async function readPerformances(
  orm: Database,
  scheduleIds: readonly number[],
): Promise<Map<number, Performance>> {
  const rows = await rowsOf(orm, performancesOf({ ids: scheduleIds }));
  return new Map(
    rows.map(({ id, title, startAt }) => [
      id,
      { concertTitle: title, startAt: startAt.toISOString() },
    ]),
  );
}

/** Computed from the seats and places of areas that are not available. */
const availableSeats = statement('available seats', ({ ids }: Given<{ ids: readonly number[] }>) =>
  db
    .selectFrom('schedule')
    .select('id')
    .select(
      sql<number>`seat_count - (
        select count(*)::int from seat
        where schedule_id = schedule.id and (
          state = 'sold' or blocked_reason is not null
          or (state = 'held' and held_until > statement_timestamp()))) - (
        select coalesce(sum(capacity - available), 0)::int
        from (${areasWithCounts(sql`area.schedule_id = schedule.id`)}) as areas)`.as('available'),
    )
    .where('id', '=', anyOf(ids)),
);

/** The numbers of available seats and places of areas, by schedule id. */
export async function countAvailableSeats(
  orm: Database,
  scheduleIds: readonly number[],
): Promise<Map<number, number>> {
  const rows = await rowsOf(orm, availableSeats({ ids: scheduleIds }));
  return new Map(rows.map(({ id, available }) => [id, available]));
}
