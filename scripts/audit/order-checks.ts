/** The invariants of orders, their bookings and their payments. */
import type { Check } from './check.ts';

/** Bookings per order: live ones, and ended ones by how they ended. */
const counts = `
  select order_id, count(*) filter (where ended_as is null) as live,
    count(*) filter (where ended_as = 'expired') as expired,
    count(*) filter (where ended_as = 'cancelled') as cancelled,
    count(*) filter (where ended_as = 'refunded') as refunded,
    coalesce(sum(price) filter (where ended_as is null), 0) as price_of_live,
    coalesce(sum(price) filter (where ended_as = 'expired'), 0) as price_of_expired,
    coalesce(sum(price) filter (where ended_as = 'refunded'), 0) as price_of_refunded
  from booking group by order_id`;

export const orderChecks: readonly Check[] = [
  {
    // A checkout prolongs the hold of an order; places that were cancelled before keep their end.
    promise: 'Every booking is in one order, of the same user, concert, schedule, time and hold',
    counted: `select count(*) from booking`,
    wrong: `
      select format('booking %s of order %s', booking.id, order_id)
      from booking left join app_order on app_order.id = order_id
      where app_order.id is null or booking.user_id <> app_order.user_id
        or booking.concert_id <> app_order.concert_id or booking.schedule_id <> app_order.schedule_id
        or booking.created_at <> app_order.created_at
        or case when booking.ended_as = 'cancelled' then booking.hold_expires_at > app_order.hold_expires_at
          else booking.hold_expires_at <> app_order.hold_expires_at end`,
  },
  {
    promise: 'The bookings of an order are live, or have ended, as the state of the order says',
    counted: `select count(*) from app_order`,
    wrong: `
      select format('order %s is %s, with %s live, %s expired, %s cancelled and %s refunded bookings', id, state, live,
        expired, cancelled, refunded)
      from app_order left join (${counts}) counted on order_id = id
      where not coalesce(case state
        when 'held' then live > 0 and expired + refunded = 0
        when 'paid' then live > 0 and expired + refunded = 0
        when 'partly-refunded' then live > 0 and refunded > 0 and expired = 0
        when 'refunded' then refunded > 0 and live + expired = 0
        when 'expired' then expired > 0 and live + refunded = 0
        when 'cancelled' then cancelled > 0 and live + expired + refunded = 0
      end, false)`,
  },
  {
    promise:
      'The total of an order is the price of its places; a cancelled one keeps its last total',
    counted: `select count(*) from app_order where state <> 'cancelled'`,
    wrong: `
      select format('order %s is %s, with a total of %s', id, state, total)
      from app_order join (${counts}) counted on order_id = id
      where total <> case state when 'held' then price_of_live when 'expired' then price_of_expired
        when 'cancelled' then total else price_of_live + price_of_refunded end`,
  },
  {
    promise:
      'A paid order has one payment, of its total, and refunds of what was refunded; others have neither',
    counted: `select count(*) from app_order where paid_at is not null`,
    wrong: `
      select format('order %s of %s is %s: %s payments of %s and refunds of %s', id, total, state, payments, paid, refunded)
      from (
        select app_order.id, app_order.state, total, price_of_refunded,
          count(*) filter (where kind = 'payment') as payments,
          coalesce(sum(payment.price) filter (where kind = 'payment'), 0) as paid,
          coalesce(sum(payment.price) filter (where kind = 'refund'), 0) as refunded
        from app_order join (${counts}) counted on counted.order_id = app_order.id
        left join payment on payment.order_id = app_order.id
        group by app_order.id, price_of_refunded
      ) moved
      where refunded <> price_of_refunded or case when state in ('paid', 'partly-refunded', 'refunded')
        then payments <> 1 or paid <> total else payments > 0 end`,
  },
  {
    promise:
      'A payment moved points of the user of its order, and names no booking of another order; no points were given back without one',
    counted: `select count(*) from payment`,
    wrong: `
      select format('payment %s of order %s', payment.id, payment.order_id)
      from payment left join app_order on app_order.id = payment.order_id
      left join booking on booking.id = booking_id
      left join point_history line on line.job_id = payment.job_id and line.user_id = payment.user_id
        and line.kind = case payment.kind when 'payment' then 'use' else 'refund' end
        and line.amount = payment.price and line.balance = payment.balance
      where line.id is null or payment.user_id is distinct from app_order.user_id
        or (booking_id is not null and (booking.order_id is distinct from payment.order_id
          or booking.price <> payment.price
          or (payment.kind = 'refund' and booking.ended_as is distinct from 'refunded')))
      union all
      select format('line %s gives %s back by job %s for no payment', line.id, line.amount, line.job_id)
      from point_history line
      left join payment on payment.job_id = line.job_id and payment.kind = 'refund'
        and payment.user_id = line.user_id and payment.price = line.amount
      where line.kind = 'refund' and payment.id is null`,
  },
];
