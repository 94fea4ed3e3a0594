/** The orders that a batch may end to get places of an area: their hold and its grace period have expired. */
import { type RawBuilder, sql } from 'kysely';
import type { Given } from '../../../src/db/statement.ts';

/** The areas of which commands want places, and for each how many in all. */
export interface WantedAreas {
  areaIds: readonly number[];
  /** As many elements as `areaIds`. */
  places: readonly number[];
}

/** The batch locks more than it needs, because other batches end some of them while it waits for the area. */
const WINDOW = 2;

/**
 * The ids of the orders whose expired places the batch needs, the longest expired first: twice as many places as an area has
 * too few free ones, so that a batch never reads all expired holds. Exact once the areas are locked. `area` is not joined: a plan made
 * while it had a handful of rows would read all of it.
 * @param named the orders that commands name; they are loaded anyway, and may be paid
 */
export const expiredOrdersIn = (
  { areaIds, places }: Given<WantedAreas>,
  named: RawBuilder<number[]>,
) =>
  sql<number[]>`array(
    select run_out.order_id
    from unnest(${areaIds}::bigint[], ${places}::int[]) as wanted(area_id, places)
    cross join lateral (
      select order_id from booking
      where booking.area_id = wanted.area_id and is_live and area_held_until <= now()
        and order_id not in (select unnest(${named}))
      order by area_held_until, booking.id
      limit greatest(0, ${sql.lit(WINDOW)} * (wanted.places - (select capacity - held - sold from area where id = wanted.area_id)))
    ) run_out)`;
