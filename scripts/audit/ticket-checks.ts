/** The invariants of tickets: who may have entered, and whose ticket may have been refunded afterwards. */
import type { Check } from './check.ts';

export const ticketChecks: readonly Check[] = [
  {
    promise: 'Who has entered had a place of this schedule that was paid',
    counted: `select count(*) from check_in`,
    wrong: `
      select format('check-in of ticket %s for schedule %s', booking_id, check_in.schedule_id)
      from check_in left join booking on booking.id = booking_id
      left join app_order on app_order.id = order_id
      left join app_user on app_user.id = check_in.user_id
      where app_order.paid_at is null or booking.schedule_id <> check_in.schedule_id
        or booking.ended_as in ('expired', 'cancelled') or app_user.id is null`,
  },
  {
    // The operators' log is kept for ever, unlike receipts. The refund by a cancelled performance is no command of an operator, so
    // its time says that it is one. A whole refund names no booking, but has the time at which its places ended: so a place
    // that its user was refunded before is not taken for one of them.
    promise:
      'A place whose ticket was used was refunded by operators only, or because the performance was cancelled',
    counted: `select count(*) from check_in`,
    wrong: `
      select format('ticket %s was used at %s and refunded by its user', check_in.booking_id, at)
      from check_in join booking on booking.id = check_in.booking_id
      where ended_as = 'refunded' and not exists (
        select from payment left join operator_log on operator_log.job_id = payment.job_id
        left join schedule on schedule.id = check_in.schedule_id and cancelled_at <= payment.created_at
        where (operator_log.job_id is not null or schedule.id is not null)
          and payment.order_id = booking.order_id and kind = 'refund'
          and coalesce(payment.booking_id, booking.id) = booking.id
          and payment.created_at = booking.ended_at)`,
  },
];
