/** What commands have left in the database: every effect has the receipt of its command, and every receipt its effect. */
import type { CommandName } from '../../src/commands/index.ts';
import { type Check, receiptOf, recent } from './check.ts';

/** A command that leaves no row of its own to check. */
interface NoRow {
  /** Why, and what is checked instead, as a sentence. */
  why: string;
}

/** SQL for the job id of the receipt, which the rows of its command have. */
const job = `receipt.lane || '_' || receipt.id`;
/** SQL for an id in the result of the receipt. */
const named = (field: string, result = 'result') => `(${result} ->> '${field}')::bigint`;
/** SQL: queue entries are deleted a week after their end, so an older command need not have one. */
const mayBePruned = `receipt.accepted_at < now() - interval '6 days'`;

const inTheLog: NoRow = {
  why: 'A later command can change the row again. Operator checks compare it with the last line of the log.',
};

/** The line of the history of a command that moved points, and told the balance afterwards. */
const moved = (kind: 'charge' | 'use') => `exists (
  select from point_history where job_id = ${job} and kind = '${kind}' and balance = ${named('balance')})`;

const concertExists = `exists (select from concert where concert.id = ${named('id')})`;
const drawExists = `exists (select from draw where seed_hash = result ->> 'seedHash')`;

/**
 * By which row each command that succeeded has its effect: SQL for a condition on `receipt`. It names rows by indexed columns, because
 * it is evaluated for millions of receipts.
 */
export const EFFECTS: Readonly<Record<CommandName, string | NoRow>> = {
  'announce-draw': drawExists,
  'block-seats': inTheLog,
  'book-seat': `exists (select from booking
    where id = ${named('id')} and booking.user_id = receipt.user_id and seat_id = ${named('seatId')})`,
  'book-seats': `json_array_length(result -> 'bookings') = (select count(*) from booking
    where order_id in (select order_id from booking
        where id in (select ${named('id', 'each')} from json_array_elements(result -> 'bookings') as each))
      and booking.user_id = receipt.user_id and job_id = ${job})`,
  'cancel-booking': `exists (select from booking
    where booking.id = ${named('id')} and booking.user_id = receipt.user_id and ended_as = result ->> 'state')`,
  'cancel-draw': `exists (select from draw where seed_hash = result ->> 'seedHash' and cancelled_at is not null)`,
  'cancel-order': `exists (select from app_order
    where app_order.id = ${named('id')} and app_order.user_id = receipt.user_id and app_order.state = result ->> 'state')`,
  'cancel-order-as-operator': `exists (select from app_order
      where app_order.id = ${named('id')} and app_order.state = result ->> 'state')
    and (result ->> 'state' = 'cancelled' or exists (select from payment
      where order_id = ${named('id')} and kind = 'refund' and job_id = ${job}))`,
  'cancel-schedule': `exists (select from schedule where schedule.id = ${named('id')} and cancelled_at is not null)`,
  'charge-points': moved('charge'),
  'charge-points-as-operator': moved('charge'),
  'check-in': `exists (select from check_in where booking_id = ${named('ticketId')}
    and check_in.user_id = receipt.user_id and job_id = ${job} and gate = result ->> 'gate')`,
  // Without a result the answer was about a checkout that a failover has lost. A page that is known stays.
  'checkout-opened': `result -> 'id' is null or exists (select from checkout
    where checkout.id = ${named('id')} and checkout.user_id = receipt.user_id and checkout.state <> 'opening'
      and coalesce(result ->> 'redirectUrl' = redirect_url, result ->> 'redirectUrl' is null))`,
  'close-concert': inTheLog,
  'close-schedule': inTheLog,
  'create-concert': concertExists,
  'create-hall': `exists (select from hall_version where hall_id = ${named('id')} and version = 1 and job_id = ${job})`,
  'create-queue': `exists (select from waiting_queue join queue_numbering on queue_id = id
      where waiting_queue.id = (result ->> 'id')::int)
    and not exists (select from json_array_elements_text(result -> 'concertIds') concert_id
      where not exists (select from concert
        where concert.id = concert_id::bigint and concert.queue_id = (result ->> 'id')::int))`,
  'create-schedule': `exists (select from schedule
    where schedule.id = ${named('id')}
      and seat_count = (select count(*) from seat where schedule_id = schedule.id)
        + (select coalesce(sum(capacity), 0) from area where schedule_id = schedule.id))`,
  'edit-concert': inTheLog,
  'edit-schedule': inTheLog,
  // The timer of holds ends an order whose hold had run out.
  'end-cancelled-order': `exists (select from app_order
    where app_order.id = ${named('id')} and app_order.user_id = receipt.user_id
      and app_order.state not in ('paid', 'partly-refunded'))`,
  'end-refund': `exists (select from card_refund
      where card_refund.id = ${named('id')} and card_refund.state = result ->> 'state')
    and (result ->> 'state' = 'elsewhere' or exists (select from point_history
      where job_id = ${job} and kind = 'charge' and amount = ${named('amount')}))`,
  // A draw gives a higher number, once or more. The result of version 0.1.0 has no id.
  'enter-queue': `result -> 'id' is null or ${mayBePruned} or exists (select from queue_entry
    where queue_entry.id = ${named('id')} and queue_entry.user_id = receipt.user_id
      and queue_id = (result ->> 'queueId')::int
      and ${named('number')} between coalesce(ticket, number) and number)`,
  'leave-queue': `result -> 'id' is null or ${mayBePruned} or exists (select from queue_entry
    where queue_entry.id = ${named('id')} and queue_entry.user_id = receipt.user_id and end_reason = 'left')`,
  'move-draw': drawExists,
  'open-gate': {
    why: 'It issues a token, which is stored nowhere; its line in the log is checked.',
  },
  'pay-booking': `exists (select from payment
    where payment.id = ${named('id')} and payment.user_id = receipt.user_id)`,
  'pay-order': `exists (select from payment
    where order_id = ${named('id', `result -> 'order'`)} and payment.user_id = receipt.user_id
      and kind = 'payment' and job_id = ${job})`,
  'place-order': `(
    select count(*) = json_array_length(result -> 'bookings') and count(*) = count(placed.id)
    from booking left join json_to_recordset(result -> 'bookings') as placed(id bigint, "seatId" bigint, "areaId" bigint)
      on placed.id = booking.id and seat_id is not distinct from "seatId" and area_id is not distinct from "areaId"
    where order_id = ${named('id')} and booking.user_id = receipt.user_id and job_id = ${job})`,
  // The answer may be about an earlier attempt than the present one. A refund that was done can fail later.
  'refund-ended': `exists (select from card_refund
    where card_refund.id = ${named('id')} and card_refund.amount = ${named('amount')}
      and case when attempt = ${named('attempt')}
        then card_refund.state = result ->> 'state'
          or (result ->> 'state' = 'done' and card_refund.state in ('failed', 'credited', 'elsewhere'))
          or (result ->> 'state' = 'failed' and card_refund.state in ('credited', 'elsewhere'))
          or result ->> 'state' = 'pending'
        else attempt > ${named('attempt')} end)`,
  'register-webhook': `exists (select from webhook
    where webhook.id = ${named('id')} and url = result ->> 'url'
      and coalesce(commands, 'null') = (result -> 'commands')::jsonb)`,
  'release-seats': inTheLog,
  'remove-webhook': `exists (select from webhook where webhook.id = ${named('id')} and removed_at is not null)`,
  'reopen-concert': inTheLog,
  'reopen-schedule': inTheLog,
  'retry-call': { why: 'The call that it owes is deleted once the provider has answered.' },
  'retry-cancellation': `exists (select from cancellation where schedule_id = ${named('id')} and pass > 1)`,
  'retry-refund': `exists (select from card_refund
    where card_refund.id = ${named('id')} and attempt >= ${named('attempt')})`,
  'save-hall': `exists (select from hall_version
    where hall_id = ${named('id')} and version = (result ->> 'version')::int and job_id = ${job})`,
  'set-admission': inTheLog,
  'set-concert-image': inTheLog,
  // Without a checkout the provider has spoken of another payment, and nothing was changed.
  'settle-checkout': `case when result -> 'checkout' ->> 'id' is null then result ->> 'order' is null
    else exists (select from checkout
      where checkout.id = ${named('id', `result -> 'checkout'`)} and checkout.user_id = receipt.user_id
        and (result ->> 'order' is null or (settled_job_id = ${job} and paid_at is not null))
        and (result -> 'checkout' ->> 'state' in ('opening', 'open') or checkout.state not in ('opening', 'open'))) end`,
  'start-checkout': `exists (select from checkout
    where checkout.id = ${named('id')} and checkout.user_id = receipt.user_id
      and order_id = ${named('orderId')} and job_id = ${job})`,
  'start-top-up': `exists (select from checkout
    where checkout.id = ${named('id')} and checkout.user_id = receipt.user_id
      and order_id is null and job_id = ${job})`,
  'use-points': moved('use'),
};

const conditions = Object.entries(EFFECTS).filter(([, effect]) => typeof effect === 'string');
const withRows = conditions.map(([name]) => `'${name}'`).join(', ');

/** SQL: the effects whose receipts have not been deleted yet, with the jobs that had them. */
const recentEffects = `
  select 'order ' || id as what, job_id from app_order where ${recent('created_at')}
  union all select 'booking ' || id, job_id from booking where ${recent('created_at')}
  union all select 'history line ' || id, job_id from point_history where ${recent('created_at')}
  union all select 'payment ' || id, job_id from payment where ${recent('created_at')}
  union all select 'queue entry ' || id, job_id from queue_entry where ${recent('entered_at')}
  union all select 'line of the operators’ log ' || id, job_id from operator_log where ${recent('created_at')}
  union all select 'check-in of ticket ' || booking_id, job_id from check_in where ${recent('at')}
  union all select 'checkout ' || id, job_id from checkout where ${recent('created_at')}
  union all select 'settlement of checkout ' || id, settled_job_id from checkout where ${recent('settled_at')}
  union all select 'refund ' || id || ' to a card', job_id from card_refund where ${recent('created_at')}
  union all select 'version ' || version || ' of hall ' || hall_id, job_id from hall_version
    where ${recent('created_at')}`;

export const effectChecks: readonly Check[] = [
  {
    promise: 'Every effect has the receipt of a command that succeeded',
    counted: `select count(*) from (${recentEffects}) effect`,
    wrong: `
      select format('%s of the job %s', what, job_id)
      from (${recentEffects}) effect
      left join command_receipt receipt on receipt.id = ${receiptOf('job_id')}
        and state = 'succeeded' and lane = split_part(job_id, '_', 1)
      where receipt.id is null`,
  },
  {
    promise: 'Every command that succeeded has its effect',
    counted: `select count(*) from command_receipt where state = 'succeeded' and command in (${withRows})`,
    wrong: `
      select format('%s %s has no effect', command, receipt.id)
      from command_receipt receipt
      where state = 'succeeded' and command in (${withRows}) and (case command
        ${conditions.map(([name, effect]) => `when '${name}' then ${effect}`).join('\n        ')}
      end) is not true`,
  },
];
