/** Ends the orders whose hold and grace period have expired, and releases their seats and places of areas. */
import { sql } from 'kysely';
import type { EpochMs } from '../../src/commands/epoch-ms.ts';
import type { Database } from '../../src/db/connection/orm.ts';
import { pipelined, rowsOf } from '../../src/db/connection/pipeline.ts';
import {
  checkedAfterwards,
  db,
  type Given,
  rareStatement,
  statement,
} from '../../src/db/statement.ts';
import type { LaneKind } from '../../src/lanes/lanes.ts';
import { isLockTimeout } from '../../src/runtime/service-errors.ts';
import { recordExpiredHolds } from '../rows/webhook-events.ts';

/** Limits how long the rows stay locked. */
const ORDERS_AT_ONCE_MAX = 250;
/** The next run ends the rest, so that this one does not delay other timers. */
const RUN_MS_MAX = 500;
/** How long a busy area is waited for. Nothing else is locked meanwhile. */
const AREA_LOCK_TIMEOUT_MS = 200;

/** Only commands in these lanes pay for what is held. */
export const PAYING_LANES: readonly LaneKind[] = ['user'];

/**
 * A hold is not ended while a command may be pending that was accepted before its end, because that may be its payment. But this long
 * after its end it is ended whatever is pending.
 */
const PENDING_WAIT = sql`interval '10 minutes'`;

/** A place in the list of due orders, which is sorted by the end of their holds. */
interface Cursor {
  /** ISO 8601, with microseconds. */
  endedAt: string;
  id: number;
}
const BEGINNING: Cursor = { endedAt: '-infinity', id: 0 };

/** What became of one page of due orders. */
interface Page {
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

/**
 * Areas and seats are locked before orders, as everywhere. Locked ones are skipped, because a batch may be paying for them or
 * ending the hold: an order ends only if all areas and seats of which it holds places could be locked. One that changed since
 * the statement began is checked again, and counts of areas change relative to their newest row.
 */
const endDue = statement(
  'end due orders',
  ({ endedAt, id, lastEnd }: Given<Cursor & { lastEnd: string }>) => sql<Page>`
    with due as materialized (
      select id, hold_expires_at from app_order
      where is_live and paid_at is null and hold_expires_at <= least(statement_timestamp(),
          greatest(${lastEnd}::timestamptz, statement_timestamp() - ${PENDING_WAIT}))
        and (hold_expires_at, id) > (${endedAt}::timestamptz, ${id}::bigint)
      order by hold_expires_at, id limit ${sql.lit(ORDERS_AT_ONCE_MAX)}
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
    ) as last on true`,
);

const setLockTimeout = rareStatement(
  ({ ms }: Given<{ ms: string }>) => sql<object>`select set_config('lock_timeout', ${ms}, true)`,
);
const lockArea = rareStatement(({ areaId }: Given<{ areaId: number }>) =>
  db.selectFrom('area').select('id').where('id', '=', areaId).forUpdate(),
);

/** Where the last run stopped when its time was over. */
interface Unfinished {
  after: Cursor;
  /** Whether the next run continues there, so that orders behind those of a locked area are reached. */
  isNext: boolean;
}
const unfinished = new WeakMap<Database, Unfinished>();

/**
 * Ends the orders that are due, the longest expired first. If the time of a run is over, the next run continues where
 * it stopped, and the one after that begins with the longest expired again, because locked ones were skipped.
 * @param lastEnd holds that end later are kept, because a command accepted before their end may be pending; in ms since 1970
 * @param runMsMax after how many ms no further page is read
 * @returns how many bookings were ended
 */
export async function expireHolds(
  orm: Database,
  {
    lastEnd = Number.POSITIVE_INFINITY,
    runMsMax = RUN_MS_MAX,
  }: { lastEnd?: EpochMs; runMsMax?: number } = {},
): Promise<number> {
  const begin = performance.now();
  const stuckAreas = new Set<number>();
  const former = unfinished.get(orm);
  let released = 0;
  let after = former?.isNext ? former.after : BEGINNING;
  const limit = {
    lastEnd: Number.isFinite(lastEnd) ? new Date(lastEnd).toISOString() : 'infinity',
  };
  for (;;) {
    const [page] = (await rowsOf(orm, endDue({ ...after, ...limit }))) as [Page];
    released += page.released;
    released += await endWithBusyArea(orm, { ...after, ...limit }, { page, stuckAreas });
    const { due, endedAt, id, isInGrace } = page;
    if (due < ORDERS_AT_ONCE_MAX || endedAt === null || id === null || isInGrace) {
      unfinished.delete(orm);
      return released;
    }
    after = { endedAt, id };
    if (performance.now() - begin >= runMsMax) {
      const next = former && !former.isNext ? former.after : after;
      unfinished.set(orm, { after: next, isNext: !former?.isNext });
      return released;
    }
  }
}

/**
 * An area that batches lock one after the other would be skipped in every run. So one of the busy areas of a page is waited
 * for, and then the page is ended again.
 * @param stuckAreas those that stayed locked; they are not waited for again in this run
 * @returns how many bookings were ended
 */
async function endWithBusyArea(
  orm: Database,
  after: Cursor & { lastEnd: string },
  { page, stuckAreas }: { page: Page; stuckAreas: Set<number> },
): Promise<number> {
  const busy = page.busyAreas.filter((id) => !stuckAreas.has(id));
  const areaId = busy[Math.floor(Math.random() * busy.length)];
  if (areaId === undefined) return 0;
  const ending = pipelined(orm, async (send) => {
    void send(setLockTimeout({ ms: String(AREA_LOCK_TIMEOUT_MS) }));
    void send(lockArea({ areaId }));
    return send(endDue(after));
  });
  const rows = await ending.catch((error) => {
    if (!isLockTimeout(error)) throw error;
    stuckAreas.add(areaId);
    return [];
  });
  return rows[0]?.released ?? 0;
}
