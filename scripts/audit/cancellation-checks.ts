/** The invariants of cancelled performances. */
import type { Check } from './check.ts';

export const cancellationChecks: readonly Check[] = [
  {
    promise: 'A performance is cancelled exactly if it has a row of `cancellation`',
    counted: `select count(*) from schedule`,
    wrong: `
      select format('schedule %s is cancelled: %s, with a cancellation: %s', id, cancelled_at is not null,
        cancellation.schedule_id is not null)
      from schedule left join cancellation on cancellation.schedule_id = id
      where (cancelled_at is null) <> (cancellation.schedule_id is null)`,
  },
  {
    promise: 'No order of a finished cancellation is live',
    counted: `
      select count(*) from app_order join cancellation using (schedule_id) where next_at is null`,
    wrong: `
      select format('order %s of schedule %s is %s', app_order.id, schedule_id, state)
      from app_order join cancellation using (schedule_id) where next_at is null and is_live`,
  },
  {
    promise: 'Every paid order of a finished cancellation is refunded with all that was paid',
    counted: `
      select count(*) from app_order join cancellation using (schedule_id)
      where next_at is null and paid_at is not null`,
    wrong: `
      select format('order %s of schedule %s is %s: paid %s, refunded %s', id, schedule_id, state, paid, refunded)
      from (
        select app_order.id, app_order.schedule_id, app_order.state,
          coalesce(sum(price) filter (where kind = 'payment'), 0) as paid,
          coalesce(sum(price) filter (where kind = 'refund'), 0) as refunded
        from app_order join cancellation using (schedule_id)
        left join payment on payment.order_id = app_order.id
        where next_at is null and paid_at is not null group by app_order.id
      ) moved
      where state <> 'refunded' or paid <> refunded`,
  },
];
