/** Reads the schedules of concerts for clients. */
import { sql } from 'kysely';
import type { Booking, Schedule } from '../../../commands/schemas/resources.ts';
import type { Database } from '../../connection/orm.ts';
import { rowsOf } from '../../connection/pipeline.ts';
import { anyOf, db, type Given, statement } from '../../statement.ts';
import { isOnSale, isSaleAhead, saleClosedAt } from '../on-sale.ts';
import { microseconds, START, timeFrom, timeOf } from '../time-key.ts';

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
      'hall_id as hallId',
      'hall_version as hallVersion',
      'categories',
      'accessible_until as accessibleUntil',
      'price_from as priceFrom',
      'price_to as priceTo',
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
      >`case when cancelled_at is not null then 'cancelled' when closed_at is null then 'scheduled'
        else 'closed' end`.as('state'),
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
  schedules(given)
    .where(inOrder, '>', given.id)
    .where(isOnSale)
    .where((one) =>
      one.exists(
        one
          .selectFrom('concert')
          .whereRef('concert.id', '=', 'concert_id')
          .where(saleClosedAt, 'is', null),
      ),
    )
    .orderBy(inOrder),
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
  return rows.map(({ hallId, hallVersion, priceFrom, priceTo, ...row }) => ({
    ...row,
    hall: hallId === null || hallVersion === null ? null : { hallId, version: hallVersion },
    accessibleUntil: row.accessibleUntil?.toISOString() ?? null,
    prices: priceFrom === null || priceTo === null ? null : { from: priceFrom, to: priceTo },
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
