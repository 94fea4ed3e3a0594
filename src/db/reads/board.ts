/** What operators look at besides the queue: seats by state of what is on sale, and who owns which lane. */
import { sql } from 'kysely';
import type { Database } from '../connection/orm.ts';
import { epochMs } from './epoch-ms.ts';
import { isOnSale } from './on-sale.ts';

/** One performance whose booking is not over. */
export interface ScheduleFigures {
  id: number;
  concertId: number;
  title: string;
  /** ISO 8601. */
  startAt: string;
  available: number;
  held: number;
  sold: number;
  /** Kept off the sale by operators. */
  blocked: number;
}

export interface LaneFigures {
  name: string;
  /** The worker process, such as `host/4711`; null while nobody has it. */
  owner: string | null;
}

/** More than that is no board any more. */
const SCHEDULES_MAX = 12;

/** The performances on sale whose booking opened last, the latest first. A hold that has run out counts as held until it is released. */
export async function readScheduleFigures(orm: Database): Promise<ScheduleFigures[]> {
  const { rows } = await sql<Omit<ScheduleFigures, 'startAt'> & { startAt: number }>`
    with on_sale as (
      select * from schedule where ${isOnSale}
      order by booking_start_at desc, id desc limit ${SCHEDULES_MAX}
    )
    select on_sale.id::float8 as id, concert_id::float8 as "concertId", title,
      ${epochMs('start_at')} as "startAt", seats.*
    from on_sale join concert on concert.id = concert_id
    cross join lateral (
      select
        count(*) filter (where state = 'available' and blocked_reason is null)::int as available,
        count(*) filter (where state = 'held')::int as held,
        count(*) filter (where state = 'sold')::int as sold,
        count(*) filter (where blocked_reason is not null)::int as blocked
      from seat where schedule_id = on_sale.id
    ) as seats
    order by booking_start_at desc, on_sale.id desc`.execute(orm.em.getKysely());
  return rows.map((row) => ({ ...row, startAt: new Date(row.startAt).toISOString() }));
}

export async function readLaneFigures(orm: Database): Promise<LaneFigures[]> {
  const { rows } = await sql<LaneFigures>`
    select name, owner from lane where in_use order by name`.execute(orm.em.getKysely());
  return rows;
}
