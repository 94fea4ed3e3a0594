/** All that is known about what became of one order. */
import { sql } from 'kysely';
import type { Database } from '../../connection/orm.ts';
import { rowsOf } from '../../connection/pipeline.ts';
import { type Given, rareStatement } from '../../statement.ts';

export const STORY_KINDS = [
  'command',
  'payment',
  'checkout',
  'refund',
  'ticket',
  'check-in',
  'operator',
] as const;

export const STORY_EVENTS = [
  'placed',
  'paid',
  'refunded',
  'place-ended',
  'entered',
  'checkout-begun',
  'checkout-settled',
  'card-refund-begun',
  'card-refund-ended',
  'operator-command',
  'performance-cancelled',
] as const;

export interface StoryEvent {
  /** ISO 8601. */
  at: string;
  kind: (typeof STORY_KINDS)[number];
  event: (typeof STORY_EVENTS)[number];
  /** The command behind it; null if none is known. */
  jobId: string | null;
  command: string | null;
  /** The subject of who sent the command. */
  who: string | null;
  bookingId: number | null;
  amount: number | null;
  /** A state, a gate, or the reason that an operator gave. */
  detail: string | null;
}

/** Maximum of lines, the oldest ones. */
const LINES_MAX = 500;

const storyOf = rareStatement(
  ({ orderId }: Given<{ orderId: number }>) => sql<Omit<StoryEvent, 'at'> & { at: Date }>`
    with lines (at, kind, event, job_id, booking_id, amount, detail, command, user_id) as (
      select created_at, 'command', 'placed', job_id, null::bigint, null::bigint, null::text, null::text, user_id
      from app_order where id = ${orderId}
      union all
      select created_at, 'payment', 'paid', job_id, booking_id, price, null, null, null
      from payment where order_id = ${orderId} and kind = 'payment'
      union all
      select created_at, 'refund', 'refunded', job_id, null, price, null, null, null
      from payment where order_id = ${orderId} and kind = 'refund' and booking_id is null
      union all
      select payment.created_at, 'refund', 'refunded', payment.job_id, booking.id, payment.price, null, null, null
      from booking join payment on payment.booking_id = booking.id and kind = 'refund'
      where booking.order_id = ${orderId}
      union all
      select ended_at, 'ticket', 'place-ended', null, id, price, ended_as, null, null
      from booking where order_id = ${orderId} and ended_at is not null
      union all
      select created_at, 'checkout', 'checkout-begun', job_id, null, amount, concat_ws(': ', state, failure), null, user_id
      from checkout where order_id = ${orderId}
      union all
      select settled_at, 'checkout', 'checkout-settled', settled_job_id, null, captured, provider, null, null
      from checkout where order_id = ${orderId} and settled_at is not null
      union all
      select card_refund.created_at, 'refund', 'card-refund-begun', card_refund.job_id, null, card_refund.amount,
        concat_ws(': ', card_refund.state, card_refund.failure), null, null
      from checkout join card_refund on checkout_id = checkout.id where order_id = ${orderId}
      union all
      select card_refund.ended_at, 'refund', 'card-refund-ended', null, null, card_refund.amount, card_refund.state, null, null
      from checkout join card_refund on checkout_id = checkout.id
      where order_id = ${orderId} and card_refund.ended_at is not null
      union all
      select check_in.at, 'check-in', 'entered', check_in.job_id, booking.id, null, gate, 'check-in', check_in.user_id
      from booking join check_in on check_in.booking_id = booking.id where booking.order_id = ${orderId}
      union all
      select created_at, 'operator', 'operator-command', job_id, null, null, reason, command, user_id
      from operator_log where order_id = ${orderId}
      union all
      select cancelled_at, 'operator', 'performance-cancelled', null, null, null, cancel_reason, 'cancel-schedule', null
      from app_order join schedule on schedule.id = schedule_id
      where app_order.id = ${orderId} and cancelled_at is not null and (ended_at is null or ended_at >= cancelled_at)
    )
    select at, lines.kind, event, job_id as "jobId", coalesce(lines.command, receipt.command) as command,
      subject as who, booking_id as "bookingId", amount, detail
    from lines
    left join command_receipt as receipt on receipt.id = substr(job_id, strpos(job_id, '_') + 1)
    left join app_user on app_user.id = coalesce(receipt.user_id, lines.user_id)
    order by at, event = 'placed' desc, event = 'paid' desc, event = 'place-ended', booking_id limit ${sql.lit(LINES_MAX)}`,
);

/** By time. Receipts of commands are kept for some weeks; lines of older ones have no command and, mostly, no sender. */
export async function readStory(orm: Database, orderId: number): Promise<StoryEvent[]> {
  const rows = await rowsOf(orm, storyOf({ orderId }));
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}
