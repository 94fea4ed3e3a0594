/** The sales of one performance: its places by state, and the money of its orders. */
import { sql } from 'kysely';
import type { Area } from '../../../commands/schemas/resources.ts';
import type { Database } from '../../connection/orm.ts';
import { rowsOf } from '../../connection/pipeline.ts';
import { type Given, rareStatement } from '../../statement.ts';
import { areasWithCounts } from '../places/areas.ts';

/** The places of a performance, each counted once. A hold whose grace period has expired counts as available. */
export interface PlaceCounts {
  available: number;
  held: number;
  sold: number;
  blocked: number;
}

export interface ScheduleSales {
  scheduleId: number;
  concertId: number;
  concertTitle: string;
  /** ISO 8601. */
  startAt: string;
  /** ISO 8601; null if the performance takes place. */
  cancelledAt: string | null;
  cancelReason: string | null;
  seats: PlaceCounts;
  areas: Area[];
  /** The orders that were paid, those refunded since included. */
  orders: number;
  /** What was paid, before refunds, in points. */
  revenue: number;
  refunded: number;
  /** The tickets that were used. */
  entered: number;
}

/** SQL: counts of rows of `seat`, as `PlaceCounts`. */
export const placeCounts = sql<PlaceCounts>`
  count(*) filter (where blocked_reason is null
    and (state = 'available' or (state = 'held' and held_until <= statement_timestamp())))::int as available,
  count(*) filter (where state = 'held' and held_until > statement_timestamp())::int as held,
  count(*) filter (where state = 'sold')::int as sold,
  count(*) filter (where blocked_reason is not null)::int as blocked`;

interface Found extends Omit<ScheduleSales, 'startAt' | 'cancelledAt' | 'seats' | 'areas'> {
  startAt: Date;
  cancelledAt: Date | null;
  seats: PlaceCounts;
  areas: (Area & { schedule_id: number })[] | null;
}

/** `total` of a paid order is what was paid, and stays. A refund of the last place makes the order `refunded`. */
const salesOf = rareStatement(
  ({ scheduleId }: Given<{ scheduleId: number }>) => sql<Found>`
    select schedule.id as "scheduleId", concert_id as "concertId", title as "concertTitle", start_at as "startAt",
      cancelled_at as "cancelledAt", cancel_reason as "cancelReason", money.*,
      (select row_to_json(counted) from (
        select ${placeCounts} from seat where schedule_id = schedule.id
      ) as counted) as seats,
      (select json_agg(counted order by id) from (
        ${areasWithCounts(sql`area.schedule_id = schedule.id`)}
      ) as counted) as areas,
      (select count(*) from check_in where schedule_id = schedule.id)::int as entered
    from schedule join concert on concert.id = concert_id
    cross join lateral (
      select count(*)::int as orders, coalesce(sum(total), 0)::bigint as revenue,
        coalesce(sum(case state when 'refunded' then total when 'partly-refunded' then (
          select sum(price) from booking where order_id = app_order.id and ended_as = 'refunded'
        ) end), 0)::bigint as refunded
      from app_order where schedule_id = schedule.id and paid_at is not null
    ) as money
    where schedule.id = ${scheduleId}`,
);

/** @returns undefined if the schedule does not exist */
export async function readSales(
  orm: Database,
  scheduleId: number,
): Promise<ScheduleSales | undefined> {
  const [found] = await rowsOf(orm, salesOf({ scheduleId }));
  if (!found) return undefined;
  return {
    ...found,
    startAt: found.startAt.toISOString(),
    cancelledAt: found.cancelledAt?.toISOString() ?? null,
    areas: (found.areas ?? []).map(({ schedule_id: _, ...area }) => area),
  };
}
