/** The sales of a performance by section or by price category. */
import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../../connection/orm.ts';
import { rowsOf } from '../../connection/pipeline.ts';
import { type Given, rareStatement } from '../../statement.ts';
import { areasWithCounts } from '../places/areas.ts';
import { type PlaceCounts, placeCounts } from './figures.ts';

export type GroupedBy = 'section' | 'category';

/** The money of a group is that of the places that were paid; it equals that of `readSales` in sum. */
export interface SalesGroup extends PlaceCounts {
  /** The section, the area or the hall's category; null for seats without a section, and for a price without a category. */
  name: string | null;
  /** null for seats and for a category. */
  areaId: number | null;
  /** In points; null for a section or an area, and for a category whose places have several prices. */
  price: number | null;
  /** What was paid, before refunds, in points. */
  revenue: number;
  refunded: number;
}

interface Keys {
  /** SQL: the columns `name`, `category` (its index in those of the schedule), `area_id` and `price` of a seat. */
  ofSeat: RawBuilder<unknown>;
  /** The same of an area. */
  ofArea: RawBuilder<unknown>;
}

const NONE = {
  text: sql`null::text`,
  index: sql`null::smallint`,
  id: sql`null::bigint`,
  price: sql`null::int`,
};

const BY_SECTION: Keys = {
  ofSeat: sql`seat.section as name, ${NONE.index} as category, ${NONE.id} as area_id, ${NONE.price} as price`,
  ofArea: sql`area.name, ${NONE.index} as category, area.id as area_id, ${NONE.price} as price`,
};
const BY_CATEGORY: Keys = {
  ofSeat: sql`${NONE.text} as name, seat.category, ${NONE.id} as area_id, seat.price`,
  ofArea: sql`${NONE.text} as name, ${NONE.index} as category, area.id as area_id, area.price`,
};

const MONEY = sql`0 as available, 0 as held, 0 as sold, 0 as blocked, booking.price as revenue,
  case when ended_as = 'refunded' then booking.price else 0 end as refunded, null::bigint as place`;
const NO_MONEY = sql`0 as revenue, 0 as refunded`;

/** SQL: the sums of a group, of rows that have the same columns. */
const SUMS = sql`sum(available)::bigint as available, sum(held)::bigint as held, sum(sold)::bigint as sold,
  sum(blocked)::bigint as blocked, sum(revenue)::bigint as revenue, sum(refunded)::bigint as refunded`;

type OfSchedule = RawBuilder<number>;

/** SQL: sums by the keys, over three parts: seats, areas, and the places of paid orders. `place` sorts seats before areas. */
const partsBy = ({ ofSeat, ofArea }: Keys, scheduleId: OfSchedule) => sql`
  select name, category, area_id, price, ${SUMS}, min(place) as place
  from (
    select ${ofSeat}, ${placeCounts}, ${NO_MONEY}, min(seat.id) as place
    from seat where schedule_id = ${scheduleId} group by 1, 2, 3, 4
    union all
    select ${ofArea}, available, held, sold, 0, ${NO_MONEY}, null
    from (${areasWithCounts(sql`area.schedule_id = ${scheduleId}`)}) as area
    union all
    select ${ofSeat}, ${MONEY} from ${paidPlacesOf(scheduleId)} join seat on seat.id = seat_id
    union all
    select ${ofArea}, ${MONEY} from ${paidPlacesOf(scheduleId)} join area on area.id = booking.area_id
  ) as places
  group by 1, 2, 3, 4`;

/** Places that were taken out of a held order before it was paid are not among them. */
const paidPlacesOf = (scheduleId: OfSchedule) => sql`
  app_order join booking on booking.order_id = app_order.id and app_order.schedule_id = ${scheduleId}
    and paid_at is not null and (ended_as is null or ended_as = 'refunded')`;

const bySection = rareStatement(
  ({ scheduleId }: Given<{ scheduleId: number }>) => sql<SalesGroup>`
    select name, area_id as "areaId", price, available, held, sold, blocked, revenue, refunded
    from (${partsBy(BY_SECTION, scheduleId)}) as parts order by place, area_id, name`,
);

/** The category of an area stands in the plan of the hall alone. Without a hall nothing has a category, and a price is a group. */
const byCategory = rareStatement(
  ({ scheduleId }: Given<{ scheduleId: number }>) => sql<SalesGroup>`
    with planned as materialized (
      select planned ->> 'name' as area_name, planned ->> 'category' as category
      from schedule join hall_version on hall_version.hall_id = schedule.hall_id and version = hall_version
      cross join jsonb_array_elements(plan -> 'areas') as planned where schedule.id = ${scheduleId}
    ), named as (
      select parts.*, coalesce(categories -> parts.category ->> 'name', planned.category) as category_name
      from (${partsBy(BY_CATEGORY, scheduleId)}) as parts
      join schedule on schedule.id = ${scheduleId}
      left join area on area.id = area_id left join planned on area_name = area.name
    )
    select category_name as name, ${NONE.id} as "areaId",
      case when min(price) = max(price) then min(price) end as price, ${SUMS}
    from named group by category_name, case when category_name is null then price end
    order by min(place), min(area_id)`,
);

const statements = { section: bySection, category: byCategory };

/** In the order of the seats, then of the areas. It reads all seats and paid places. */
export function readSalesGroups(
  orm: Database,
  { scheduleId, by }: { scheduleId: number; by: GroupedBy },
): Promise<SalesGroup[]> {
  return rowsOf(orm, statements[by]({ scheduleId }));
}
