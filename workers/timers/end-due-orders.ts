/** The statements that end orders whose hold has expired. */
import { type RawBuilder, sql } from 'kysely';
import { checkedAfterwards, type Given, rareStatement, statement } from '../../src/db/statement.ts';
import { recordExpiredHolds } from '../rows/webhook-events.ts';

/** Limits how long the rows stay locked. */
export const ORDERS_AT_ONCE_MAX = 250;

/**
 * A hold is not ended while a command may be pending that was accepted before its end, because that may be its payment. But this long
 * after its grace period it is ended whatever is pending; `PENDING_MS_MAX` of src/domain/holds.ts is the same for those who want its places.
 */
const PENDING_WAIT = sql`interval '10 minutes'`;

/** A place in the list of due orders, which is sorted by the end of their holds. */
export interface Cursor {
  /** ISO 8601, with microseconds. */
  endedAt: string;
  id: number;
}
export const BEGINNING: Cursor = { endedAt: '-infinity', id: 0 };

/** What became of one page of due orders. */
export interface Page {
  /** How many bookings were ended. */
  released: number;
  /** How many due orders there were, at most ORDERS_AT_ONCE_MAX. */
  due: number;
  /** The last of them. */
  endedAt: string | null;
  id: number | null;
  /** Whether the last of them is in its grace period, as are those behind it. */
  isInGrace: boolean;
  /** The areas that kept orders from ending, because another transaction had locked them. */
  busyAreas: number[];
}

/** Where a page begins. */
export interface DuePage extends Cursor {
  /** ISO 8601, or 'infinity': holds that end later are kept. */
  lastEnd: string;
  /** The grace period, in ms. */
  graceMs: number;
}

const isDue = ({ lastEnd, graceMs }: Given<Pick<DuePage, 'lastEnd' | 'graceMs'>>) =>
  sql<boolean>`is_live and paid_at is null
        and hold_expires_at <= least(statement_timestamp(), greatest(${lastEnd}::timestamptz,
          statement_timestamp() - ${PENDING_WAIT} - ${graceMs}::float8 * interval '1 ms'))`;

const dueOrders = ({ endedAt, id, lastEnd, graceMs }: Given<DuePage>) => sql`
      select id, hold_expires_at from app_order
      where ${isDue({ lastEnd, graceMs })} and (hold_expires_at, id) > (${endedAt}::timestamptz, ${id}::bigint)
      order by hold_expires_at, id limit ${sql.lit(ORDERS_AT_ONCE_MAX)}`;

/**
 * Areas and seats are locked before orders, as everywhere. Locked ones are skipped, because a batch may be paying for them or
 * ending the hold: an order ends only if all areas and seats of which it holds places could be locked. One that changed since
 * the statement began is checked again, and counts of areas change relative to their newest row.
 */
const end = (due: RawBuilder<unknown>) => sql<Page>`
    with due as materialized (${due}
    ), held as materialized (
      select order_id, seat_id, area_id, area_held_until from booking
      where order_id = any(array(select id from due)) and is_live
    ), areas as materialized (
      select id from area
      where id = any (array(select area_id from held where area_held_until <= statement_timestamp()))
      order by id for update skip locked
    ), seats as materialized (
      select id from seat
      where id = any(array(select seat_id from held)) and state = 'held' and held_until <= statement_timestamp()
      order by id for update skip locked
    ), complete as (
      select order_id from held group by order_id having bool_and(case when seat_id is null
        then area_id in (select id from areas) and area_held_until <= statement_timestamp()
        else seat_id in (select id from seats) end)
    ), orders as materialized (
      select id from app_order
      where id = any(array(select order_id from complete))
        and ${checkedAfterwards(sql`state = 'held' and hold_expires_at <= statement_timestamp()`)}
      order by id for update skip locked
    ), expired as (
      update app_order set state = 'expired', ended_at = statement_timestamp()
      where id = any(array(select id from orders))
    ), ended as (
      update booking set ended_as = 'expired', ended_at = statement_timestamp()
      where order_id = any(array(select id from orders)) and is_live
      returning booking.*
    ), released as (
      update seat set state = 'available', held_until = null
      from ended where seat.id = ended.seat_id
    ), given_back as (
      update area set held = held - back.places
      from (
        select area_id, count(*)::int as places from ended where area_id is not null group by area_id
      ) as back
      where area.id = back.area_id
    ), recorded as (${recordExpiredHolds(sql`ended`)})
    select (select count(*)::int from ended) as released, (select count(*)::int from due) as due,
      last.hold_expires_at::text as "endedAt", last.id,
      exists (
        select from held left join seat on seat.id = seat_id
        where order_id = last.id and coalesce(area_held_until, held_until) > statement_timestamp()
      ) as "isInGrace",
      array(select distinct area_id from held where area_held_until <= statement_timestamp()
        and area_id not in (select id from areas)) as "busyAreas"
    from (select) as one left join (
      select * from due order by hold_expires_at desc, id desc limit 1
    ) as last on true`;

/** Ends the due orders behind a cursor, as far as they can be locked. */
export const endDue = statement('end due orders', (given: Given<DuePage>) => end(dueOrders(given)));

/** As `endDue`, but one order by itself. */
export const endDueOrder = rareStatement(
  ({
    orderId,
    lastEnd,
    graceMs,
  }: Given<Pick<DuePage, 'lastEnd' | 'graceMs'> & { orderId: number }>) =>
    end(sql`
      select id, hold_expires_at from app_order
      where id = ${orderId} and ${checkedAfterwards(isDue({ lastEnd, graceMs }))}`),
);

/** The due orders behind a cursor. */
export const listDue = rareStatement(
  (given: Given<DuePage>) => sql<Cursor>`
    select id, hold_expires_at::text as "endedAt" from (${dueOrders(given)}) due
    order by hold_expires_at, id`,
);
