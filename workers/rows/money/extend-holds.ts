/** Writes the holds that last longer because a checkout was begun, by one statement after all other changes. */
import { sql } from 'kysely';
import type { Send } from '../../../src/db/connection/pipeline.ts';
import { checkedAfterwards, type Given, statement } from '../../../src/db/statement.ts';
import { rowParameters, type Values } from '../row-parameters.ts';
import type { Rows } from '../rows.ts';
import type { ExtendedHold } from './money-rows.ts';

const holds = rowParameters<ExtendedHold>('holds', 'given', {
  order_id: ['bigint', ({ orderId }) => orderId],
  ends: ['timestamptz', ({ holdExpiresAt }) => holdExpiresAt],
  held_until: ['timestamptz', ({ heldUntil }) => heldUntil],
});

/**
 * Changes what is still held: later commands of the batch may have paid the order, or cancelled it. A booking that was cancelled
 * before keeps the end that it had. All these rows are locked. They are looked up by arrays of keys, so that no plan reads a whole
 * index instead.
 */
const extend = statement(
  'extend holds',
  (given: Given<Values>) => sql`
    with orders as (
      update app_order set hold_expires_at = ends from ${holds.build(given, 'many')}
      where app_order.id = given.order_id and ${checkedAfterwards(sql`state = 'held'`)}
      returning app_order.id, entry_id, ends, held_until
    ), places as (
      update booking set hold_expires_at = ends,
        area_held_until = case when area_held_until is not null then held_until end
      from orders
      where booking.order_id = any(array(select id from orders)) and is_live and booking.order_id = orders.id
      returning seat_id, held_until
    ), seats as (
      update seat set held_until = places.held_until
      from places
      where seat.id = any(array(select seat_id from places)) and seat.id = places.seat_id
        and ${checkedAfterwards(sql`state = 'held'`)}
    ), sessions as (
      select entry_id, max(ends) as ends from orders where entry_id is not null group by entry_id
    )
    update queue_entry set expires_at = greatest(expires_at, ends)
    from sessions
    where queue_entry.id = any(array(select entry_id from sessions)) and queue_entry.id = sessions.entry_id
      and ${checkedAfterwards(sql`state = 'active'`)}`,
);

/** Sends the statement that prolongs holds, after those that write orders, bookings, seats and queue entries. */
export function writeExtendedHolds(send: Send, rows: Rows): void {
  const extended = [...rows.money.extendedHolds.values()];
  if (extended.length === 0) return;
  const values: Values = {};
  holds.bind(extended, 'many', values);
  void send(extend(values));
}
