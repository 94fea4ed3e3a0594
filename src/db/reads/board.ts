/** The operators' board besides the queue: seats and places of areas by state of the performances on sale, and the owners of the lanes. */
import { sql } from 'kysely';
import type { Database } from '../connection/orm.ts';
import { rowsOf } from '../connection/pipeline.ts';
import { Lane } from '../entities/index.ts';
import { db, statement } from '../statement.ts';
import { isOnSale } from './on-sale.ts';

/** A performance whose sale has not ended. */
export interface ScheduleFigures {
  id: number;
  concertId: number;
  title: string;
  /** ISO 8601. */
  startAt: string;
  /** Of the venue, a name of the IANA database. */
  timeZone: string;
  available: number;
  held: number;
  sold: number;
  /** Number of seats blocked by operators. */
  blocked: number;
}

export interface LaneFigures {
  name: string;
  /** The worker process, such as `host/4711`; null while the lane has no owner. */
  owner: string | null;
}

/** Maximum of performances on the board. */
const SCHEDULES_MAX = 12;

type SeatFigures = Pick<ScheduleFigures, 'available' | 'held' | 'sold' | 'blocked'>;

const figuresOnSale = statement('figures of what is on sale', () =>
  db
    .with('on_sale', (with_) =>
      with_
        .selectFrom('schedule')
        .selectAll()
        .where(isOnSale)
        .orderBy('booking_start_at', 'desc')
        .orderBy('id', 'desc')
        .limit(SCHEDULES_MAX),
    )
    .selectFrom('on_sale')
    .innerJoin('concert', 'concert.id', 'on_sale.concert_id')
    .crossJoin(
      sql<SeatFigures>`lateral (
        select
          count(*) filter (where state = 'available' and blocked_reason is null)::int as available,
          count(*) filter (where state = 'held')::int as held,
          count(*) filter (where state = 'sold')::int as sold,
          count(*) filter (where blocked_reason is not null)::int as blocked
        from seat where schedule_id = on_sale.id)`.as('seats'),
    )
    .crossJoin(
      sql<Omit<SeatFigures, 'blocked'>>`lateral (
        select coalesce(sum(capacity - area.held - area.sold), 0)::bigint as available,
          coalesce(sum(area.held), 0)::bigint as held, coalesce(sum(area.sold), 0)::bigint as sold
        from area where schedule_id = on_sale.id)`.as('areas'),
    )
    .select(['on_sale.id', 'on_sale.concert_id as concertId', 'title', 'start_at as startAt'])
    .select('time_zone as timeZone')
    .select([
      sql<number>`seats.available + areas.available`.as('available'),
      sql<number>`seats.held + areas.held`.as('held'),
      sql<number>`seats.sold + areas.sold`.as('sold'),
      'blocked',
    ])
    .orderBy('booking_start_at', 'desc')
    .orderBy('on_sale.id', 'desc'),
);

/** The performances on sale whose booking opened most recently, newest first. An expired hold counts as held until released. */
export async function readScheduleFigures(orm: Database): Promise<ScheduleFigures[]> {
  const rows = await rowsOf(orm, figuresOnSale({}));
  return rows.map((row) => ({ ...row, startAt: row.startAt.toISOString() }));
}

export async function readLaneFigures(orm: Database): Promise<LaneFigures[]> {
  const lanes = await orm.em.fork().find(Lane, { inUse: true }, { orderBy: { name: 'asc' } });
  return lanes.map(({ name, owner = null }) => ({ name, owner }));
}
