/** The sales of a performance over time, by the clock of its venue. */
import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../../connection/orm.ts';
import { rowsOf } from '../../connection/pipeline.ts';
import { type Given, rareStatement } from '../../statement.ts';

export type Step = 'hour' | 'day';

export interface SalesStep {
  /** The first moment of the hour or day, ISO 8601. */
  from: string;
  /** The places that were paid in it, and what was paid, in points. */
  sold: number;
  revenue: number;
  /** The places that were refunded in it, and what was refunded. */
  returned: number;
  refunded: number;
}

export interface SalesSeries {
  /** Whose hours and days are counted: the venue's, by its IANA name. */
  timeZone: string;
  /** The oldest first. */
  items: SalesStep[];
}

/** Maximum of steps, the newest ones. */
export const STEPS_MAX = 400;

/** A row without a step is that of a performance of which nothing was sold. */
type Row = Pick<SalesSeries, 'timeZone'> &
  ((Omit<SalesStep, 'from'> & { from: Date }) | { from: null });

const LENGTHS = { hour: sql`interval '1 hour'`, day: sql`interval '1 day'` };

/**
 * Steps are generated in local time (`began`), because a day may have 23 or 25 hours. A step that the clock skips is left out, unless
 * something was sold in a part of it.
 */
const seriesOf = (step: Step) =>
  rareStatement(
    ({ scheduleId }: Given<{ scheduleId: number }>) => sql<Row>`
      with venue as (
        select time_zone as zone from schedule join concert on concert.id = concert_id
        where schedule.id = ${scheduleId}
      ), changes as (
        select paid_at as at, 1 as sold, booking.price as revenue, 0 as returned, 0 as refunded
        from ${refundedOrPaid(scheduleId)} and (ended_as is null or ended_as = 'refunded')
        union all
        select booking.ended_at, 0, 0, 1, booking.price
        from ${refundedOrPaid(scheduleId)} and ended_as = 'refunded'
      ), summed as (
        select date_trunc(${sql.lit(step)}, at at time zone zone) as began, sum(sold)::int as sold,
          sum(revenue)::bigint as revenue, sum(returned)::int as returned, sum(refunded)::bigint as refunded
        from changes cross join venue group by 1
      ), every as (
        select generate_series(
          greatest(min(began), max(began) - ${sql.lit(STEPS_MAX - 1)} * ${LENGTHS[step]}), max(began), ${LENGTHS[step]}
        ) as began from summed
      ), steps as (
        select began, ${firstMoment} as "from", coalesce(sold, 0) as sold, coalesce(revenue, 0)::bigint as revenue,
          coalesce(returned, 0) as returned, coalesce(refunded, 0)::bigint as refunded
        from every cross join venue left join summed using (began)
        where sold is not null
          or date_trunc(${sql.lit(step)}, began at time zone zone at time zone zone) = began
      )
      select zone as "timeZone", "from", sold, revenue, returned, refunded
      from venue left join steps on true order by began`,
  );

/**
 * SQL: the first moment at which clocks of the zone show `began`. Of a time that exists twice, PostgreSQL takes the second; the first
 * is 24 hours after the same time of the day before.
 */
const dayLater = sql`((began - interval '1 day') at time zone zone + interval '24 hours')`;
const firstMoment = sql`least(
  began at time zone zone, case when ${dayLater} at time zone zone = began then ${dayLater} end
)`;

/** SQL: the bookings of paid orders, with a condition that goes on with `and`. */
const refundedOrPaid = (scheduleId: RawBuilder<number>) => sql`
  app_order join booking on booking.order_id = app_order.id
  where app_order.schedule_id = ${scheduleId} and paid_at is not null`;

const statements = { hour: seriesOf('hour'), day: seriesOf('day') };

/**
 * All steps from the first sale to the last change, at most the newest 400. It reads all paid places.
 *
 * Hours and days begin by the clock of the venue. At the end of summer time the hour that exists twice is one step of two hours, and its
 * day has 25 hours; at the beginning the hour that does not exist has no step, and its day has 23.
 * @returns undefined if the schedule does not exist
 */
export async function readSalesSeries(
  orm: Database,
  { scheduleId, step }: { scheduleId: number; step: Step },
): Promise<SalesSeries | undefined> {
  const rows = await rowsOf(orm, statements[step]({ scheduleId }));
  const [first] = rows;
  if (!first) return undefined;
  const items = rows.flatMap(({ timeZone: _, ...row }) =>
    row.from === null ? [] : [{ ...row, from: row.from.toISOString() }],
  );
  return { timeZone: first.timeZone, items };
}
