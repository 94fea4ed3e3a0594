/** Reads the areas of a schedule with their places that can be had now. */
import { type RawBuilder, sql } from 'kysely';
import type { Area } from '../../../commands/schemas/resources.ts';
import type { Database } from '../../connection/orm.ts';
import { rowsOf } from '../../connection/pipeline.ts';
import { type Given, statement } from '../../statement.ts';

/**
 * The areas of the table `area` with the place counts that clients see: `available`, `held`, `sold`. The place of a hold whose
 * grace period has expired is available, although the area's row counts it as held until it is ended.
 */
export const areasWithCounts = (condition: RawBuilder<boolean>) => sql<Area>`
  select area.id, area.schedule_id, name, price, capacity, sold, held - expired as held,
    capacity - sold - held + expired as available
  from area cross join lateral (
    select count(*)::int as expired from booking
    where area_id = area.id and is_live and area_held_until <= statement_timestamp()
  ) as holds
  where ${condition}`;

interface OfSchedule {
  scheduleId: number;
}

/** The outer join yields a row without an area for a schedule that has none. */
const areasOf = statement(
  'areas',
  ({ scheduleId }: Given<OfSchedule>) => sql<Area | Record<keyof Area, null>>`
    select areas.id, name, price, capacity, available, held, sold
    from schedule left join lateral (
      ${areasWithCounts(sql`area.schedule_id = schedule.id`)}
    ) as areas on true
    where schedule.id = ${scheduleId} order by areas.id`,
);

/** In the order in which the schedule names them. @returns undefined if the schedule does not exist */
export async function readAreas(orm: Database, scheduleId: number): Promise<Area[] | undefined> {
  const rows = await rowsOf(orm, areasOf({ scheduleId }));
  return rows.length > 0 ? rows.filter((row): row is Area => row.id !== null) : undefined;
}

interface OfSchedules {
  scheduleIds: readonly number[];
}

/** The inner query reads the areas of each schedule by index, however many schedules there are. */
const areasOfEach = statement(
  'areas of schedules',
  ({ scheduleIds }: Given<OfSchedules>) => sql<Area & { scheduleId: number }>`
    select areas.schedule_id as "scheduleId", areas.id, name, price, capacity, available, held, sold
    from unnest(${scheduleIds}::int[]) as asked(schedule_id) cross join lateral (
      ${areasWithCounts(sql`area.schedule_id = asked.schedule_id`)}
    ) as areas order by areas.id`,
);

/** The areas of many schedules in one query, by schedule and in the order of their ids. Schedules without areas are missing. */
export async function readAreasOfEach(
  orm: Database,
  scheduleIds: readonly number[],
): Promise<Map<number, Area[]>> {
  const rows = await rowsOf(orm, areasOfEach({ scheduleIds }));
  const bySchedule = new Map<number, Area[]>();
  for (const { scheduleId, ...area } of rows) {
    const ofSchedule = bySchedule.get(scheduleId) ?? [];
    ofSchedule.push(area);
    bySchedule.set(scheduleId, ofSchedule);
  }
  return bySchedule;
}
