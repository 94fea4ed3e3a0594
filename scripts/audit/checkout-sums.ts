/**
 * What became of the money of each checkout that captured any: SQL that the audit and `npm run reconcile` share. The columns come
 * from rows of their own, so that `difference` shows a row that is missing or wrong:
 *
 * - `captured` from the checkout
 * - `refunded`: refunds that are done, or were paid back outside this system
 * - `on_its_way`: refunds that are pending or have failed, and are still owed
 * - `credited`: points that the user got and keeps: by the history if the checkout paid no order, and instead of a refund
 * - `sold`: what its order still costs, by the rows of `payment`
 *
 * All in minor units of the currency.
 */
export const CHECKOUT_SUMS = `
  select sums.*, captured - refunded - on_its_way - credited - sold as difference
  from (
    select checkout.id, checkout.currency, checkout.captured,
      coalesce(back.refunded, 0) as refunded, coalesce(back.on_its_way, 0) as on_its_way,
      coalesce(back.credited, 0) + case when checkout.paid_at is null then kept.amount else 0 end as credited,
      case when checkout.paid_at is null then 0 else paid.amount end as sold
    from checkout
    left join (
      select checkout_id, sum(amount) filter (where state in ('done', 'elsewhere')) as refunded,
        sum(amount) filter (where state in ('pending', 'failed')) as on_its_way,
        sum(amount) filter (where state = 'credited') as credited
      from card_refund group by checkout_id
    ) back on back.checkout_id = checkout.id
    cross join lateral (
      select coalesce(sum(case kind when 'payment' then price else -price end), 0) as amount
      from payment where payment.order_id = checkout.order_id
    ) paid
    cross join lateral (
      select coalesce(sum(case kind when 'charge' then amount else -amount end), 0) as amount
      from point_history line where line.user_id = checkout.user_id
        and (kind in ('charge', 'use') and job_id = checkout.settled_job_id
          or kind = 'use' and job_id in (select job_id from card_refund where checkout_id = checkout.id))
    ) kept
    where checkout.captured > 0
  ) sums`;
