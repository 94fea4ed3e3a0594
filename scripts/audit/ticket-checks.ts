/** The invariants of tickets: who may have entered, whose ticket may have been refunded afterwards, and which scans were refused. */
import { type Check, receiptOf, recent } from './check.ts';

export const ticketChecks: readonly Check[] = [
  {
    // A batch that waited for a lock notes a time before its commit, so a minute decides nothing.
    promise:
      'Who has entered had a place of this schedule that was paid, and was not refunded or cancelled before',
    counted: `select count(*) from check_in`,
    wrong: `
      select format('check-in of ticket %s for schedule %s', booking_id, check_in.schedule_id)
      from check_in left join booking on booking.id = booking_id
      left join app_order on app_order.id = order_id
      left join app_user on app_user.id = check_in.user_id
      left join schedule on schedule.id = check_in.schedule_id
      where app_order.paid_at is null or booking.schedule_id <> check_in.schedule_id
        or booking.ended_as in ('expired', 'cancelled') or app_user.id is null
        or least(booking.ended_at, schedule.cancelled_at) < check_in.at - interval '1 minute'`,
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
  {
    // The receipt says nothing of `scannedAt`, so a scan that should have been kept and was not cannot be found.
    promise: 'A scan that is kept as refused was refused for that reason, and let nobody in',
    counted: `select count(*) from refused_scan`,
    wrong: `
      select format('refused scan %s of ticket %s, by the job %s', kept.id, ticket_id, kept.job_id)
      from refused_scan kept
      where exists (select from check_in where check_in.job_id = kept.job_id)
        or (${recent('kept.at')} and not exists (
          select from command_receipt receipt
          where receipt.id = ${receiptOf('kept.job_id')} and lane = split_part(kept.job_id, '_', 1)
            and command = 'check-in' and state = 'rejected' and receipt.user_id = kept.user_id
            and accepted_at = kept.at and problem ->> 'code' = reason
            and problem ->> 'gate' is not distinct from used_gate
            and (problem ->> 'at')::timestamptz is not distinct from used_at))`,
  },
  {
    // A ticket without a booking, and the schedule of a gate, are what a request has named: a failover may have lost them. A batch that
    // waited for the lock of an order notes a payment with the time at which it began, so a minute decides nothing.
    promise: 'A refused scan says what is true of its ticket',
    counted: `select count(*) from refused_scan`,
    wrong: `
      select format('refused scan %s of ticket %s at schedule %s: %s', kept.id, ticket_id, kept.schedule_id, reason)
      from refused_scan kept
      left join booking on booking.id = ticket_id left join app_order on app_order.id = order_id
      left join schedule on schedule.id = booking.schedule_id
      left join check_in on check_in.booking_id = ticket_id
      where not coalesce(case reason
        when 'TICKET_ALREADY_USED' then booking.schedule_id = kept.schedule_id
          and check_in.at = used_at and check_in.gate = used_gate
        when 'TICKET_WRONG_SCHEDULE' then booking.schedule_id <> kept.schedule_id and used_at is null
        when 'TICKET_REVOKED' then used_at is null and (booking.id is null
          or booking.schedule_id = kept.schedule_id and (booking.ended_as is not null
            or cancelled_at is not null or paid_at is null or paid_at > kept.at - interval '1 minute'))
      end, false)`,
  },
];
