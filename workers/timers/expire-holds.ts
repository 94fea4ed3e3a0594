/** Ends the orders whose hold and grace period have expired, and releases their seats, in one statement. */
import { sql } from 'kysely';
import type { Database } from '../../src/db/connection/orm.ts';
import { rowsOf } from '../../src/db/connection/pipeline.ts';
import { checkedAfterwards, statement } from '../../src/db/statement.ts';
import { recordExpiredHolds } from '../rows/webhook-events.ts';

/** Limits how long the rows stay locked; the next run ends the rest. */
const ORDERS_AT_ONCE_MAX = 1000;

/**
 * Seats are locked before orders, as everywhere. Locked ones are skipped, because a batch may be paying for them or ending
 * the hold: an order ends only if all seats that it holds could be locked. A seat that changed since the statement began is
 * not due any more, so its order waits for the next run too.
 */
const endDue = statement(
  'end due orders',
  () => sql<{ released: number }>`
    with due as materialized (
      select id from app_order where state = 'held' and hold_expires_at <= statement_timestamp()
      order by hold_expires_at limit ${sql.lit(ORDERS_AT_ONCE_MAX)}
    ), held as materialized (
      select order_id, seat_id from booking where order_id in (select id from due) and live_state = 'held'
    ), seats as materialized (
      select id from seat
      where id in (select seat_id from held) and state = 'held' and held_until <= statement_timestamp()
      order by id for update skip locked
    ), complete as (
      select order_id from held group by order_id having bool_and(seat_id in (select id from seats))
    ), orders as materialized (
      select id from app_order
      where id in (select order_id from complete) and ${checkedAfterwards(sql`state = 'held'`)}
      order by id for update skip locked
    ), expired as (
      update app_order set state = 'expired', ended_at = statement_timestamp()
      from orders where app_order.id = orders.id
    ), ended as (
      update booking set state = 'expired', ended_at = statement_timestamp()
      from orders where booking.order_id = orders.id and live_state = 'held'
      returning booking.*
    ), released as (
      update seat set state = 'available', held_until = null
      from ended where seat.id = ended.seat_id
      returning seat.id
    ), recorded as (${recordExpiredHolds(sql`ended`)})
    select count(*)::int as released from released`,
);

/** @returns how many seats were released */
export async function expireHolds(orm: Database): Promise<number> {
  const [row] = await rowsOf(orm, endDue({}));
  return row?.released ?? 0;
}
