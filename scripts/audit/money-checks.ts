/** The invariants of card payments and of their refunds. */
import type { Check } from './check.ts';
import { CHECKOUT_SUMS } from './checkout-sums.ts';

/** Whether a history line of the user of `checkout` is of a job and an amount. */
const line = (kind: string, job: string, amount: string) => `exists (
  select from point_history line where line.job_id = ${job} and line.kind = '${kind}'
    and line.user_id = checkout.user_id and line.amount = ${amount})`;

export const moneyChecks: readonly Check[] = [
  {
    promise: 'What a card payment captured was added to the points of its user, once',
    counted: `select count(*) from checkout where captured > 0`,
    wrong: `
      select format('checkout %s captured %s by job %s', id, captured, settled_job_id)
      from checkout where captured > 0 and not ${line('charge', 'settled_job_id', 'captured')}
      union all
      select format('checkouts %s were settled by job %s', string_agg(id::text, ', ' order by id), settled_job_id)
      from checkout where settled_job_id is not null group by settled_job_id having count(*) > 1
      union all
      select format('line %s adds %s by job %s for no checkout', line.id, line.amount, line.job_id)
      from command_receipt receipt
      join point_history line on line.job_id = receipt.lane || '_' || receipt.id and line.kind = 'charge'
      left join checkout on settled_job_id = line.job_id and checkout.user_id = line.user_id and captured = line.amount
      where receipt.command = 'settle-checkout' and checkout.id is null`,
  },
  {
    promise: 'A card payment that paid its order did so in the transaction that captured it',
    counted: `select count(*) from checkout where paid_at is not null`,
    wrong: `
      select format('checkout %s of order %s captured %s by job %s', checkout.id, checkout.order_id, captured, settled_job_id)
      from checkout
      left join payment on payment.job_id = settled_job_id and payment.kind = 'payment'
      where captured > 0 and case when paid_at is null then payment.id is not null
        else payment.order_id is distinct from checkout.order_id or payment.price <> captured
          or payment.user_id <> checkout.user_id end`,
  },
  {
    promise: 'A checkout counts its refunds, those on their way and those that have ended',
    counted: `select count(*) from card_refund`,
    wrong: `
      select format('checkout %s counts %s on their way and %s ended, its refunds are %s and %s', checkout.id, refunding,
        checkout.refunded, coalesce(back.owed, 0), coalesce(back.ended, 0))
      from checkout left join (
        select checkout_id, sum(amount) filter (where state in ('pending', 'failed')) as owed,
          sum(amount) filter (where state in ('done', 'credited', 'elsewhere')) as ended
        from card_refund group by checkout_id
      ) back on checkout_id = checkout.id
      where refunding <> coalesce(back.owed, 0) or checkout.refunded <> coalesce(back.ended, 0)`,
  },
  {
    promise:
      'A checkout that captured money is refunding, refunded, paid or credited as its refunds say',
    counted: `select count(*) from checkout where captured > 0`,
    wrong: `
      select format('checkout %s is %s: captured %s, on its way %s, ended %s', id, state, captured, refunding, refunded)
      from checkout where captured > 0
        and state <> case when refunding > 0 then 'refunding' when refunded = captured then 'refunded'
          when paid_at is null then 'credited' else 'paid' end`,
  },
  {
    promise: 'The places of an order are held at least as long as its payment page is open',
    counted: `
      select count(*) from checkout join app_order on app_order.id = order_id
      where checkout.state in ('opening', 'open') and app_order.state = 'held'`,
    wrong: `
      select format('the page of checkout %s ends at %s, the hold of order %s at %s', checkout.id, checkout.expires_at,
        order_id, hold_expires_at)
      from checkout join app_order on app_order.id = order_id
      where checkout.state in ('opening', 'open') and app_order.state = 'held'
        and checkout.expires_at > hold_expires_at`,
  },
  {
    promise:
      'A refund to a card took its amount from the points of the user, and is what its order was refunded',
    counted: `select count(*) from card_refund`,
    wrong: `
      select format('refund %s of checkout %s', card_refund.id, checkout_id)
      from card_refund left join checkout on checkout.id = checkout_id
      left join payment on payment.id = payment_id
      where checkout.id is null or not ${line('use', 'card_refund.job_id', 'card_refund.amount')}
        or case when payment_id is null then checkout.paid_at is not null
          else checkout.paid_at is null or payment.id is null or payment.kind <> 'refund'
            or payment.price <> card_refund.amount or payment.job_id <> card_refund.job_id
            or payment.order_id <> checkout.order_id end`,
  },
  {
    promise: 'Every refund of an order that was paid by card goes back to the card',
    counted: `
      select count(*) from payment join checkout using (order_id)
      where kind = 'refund' and checkout.paid_at is not null`,
    wrong: `
      select format('the refund %s of order %s', payment.id, order_id)
      from payment join checkout using (order_id)
      left join card_refund on payment_id = payment.id and checkout_id = checkout.id
      where kind = 'refund' and price > 0 and checkout.paid_at is not null and card_refund.id is null`,
  },
  {
    // The end of the refund is no command of its user, but the operators' log is kept for ever, unlike receipts.
    promise: 'A refund that an operator ended in points gave its user these points',
    counted: `select count(*) from card_refund where state = 'credited'`,
    wrong: `
      select format('refund %s of %s', card_refund.id, card_refund.amount)
      from card_refund join checkout on checkout.id = checkout_id
      where card_refund.state = 'credited' and not exists (
        select from operator_log log where log.command = 'end-refund'
          and (log.after ->> 'id')::bigint = card_refund.id and log.after ->> 'state' = 'credited'
          and ${line('charge', 'log.job_id', 'card_refund.amount')})`,
  },
  {
    promise:
      'What a card payment captured is refunded, on its way, credited, or the price of what was sold',
    counted: `select count(*) from checkout where captured > 0`,
    wrong: `
      select format('checkout %s captured %s %s: refunded %s, on its way %s, credited %s, sold %s', id, captured, currency,
        refunded, on_its_way, credited, sold)
      from (${CHECKOUT_SUMS}) each_checkout where difference <> 0`,
  },
  {
    promise: 'A call to a provider is of a checkout, and of its refund if it asks for one',
    counted: `select count(*) from outbox_call`,
    wrong: `
      select format('call %s (%s) of checkout %s, refund %s', call.id, kind, call.checkout_id, refund_id)
      from outbox_call call left join checkout on checkout.id = call.checkout_id
      left join card_refund on card_refund.id = refund_id and card_refund.checkout_id = call.checkout_id
      where checkout.id is null or (kind = 'refund' and card_refund.id is null)`,
  },
  {
    promise: 'The provider is asked for each page that opens, and for each refund that is pending',
    counted: `
      select (select count(*) from checkout where state = 'opening')
        + (select count(*) from card_refund where state = 'pending')`,
    wrong: `
      select format('checkout %s', id) from checkout
      where state = 'opening' and not exists (select from outbox_call where checkout_id = checkout.id and kind = 'open')
      union all
      select format('refund %s', id) from card_refund
      where state = 'pending' and not exists (
        select from outbox_call where kind = 'refund' and checkout_id = card_refund.checkout_id and refund_id = card_refund.id)`,
  },
  {
    // During an outage of the provider a checkout may be over for longer, but it is asked about.
    promise: 'A checkout that is over and not settled is asked about within the hour',
    counted: `select count(*) from checkout where look_at is not null`,
    wrong: `
      select format('checkout %s was over at %s and is looked at by %s', id, expires_at, look_at)
      from checkout where expires_at < now() - interval '1 hour'
        and (look_at > now() + interval '1 hour' or look_at < now() - interval '1 hour')
        and not exists (select from outbox_call where checkout_id = checkout.id)`,
  },
];
