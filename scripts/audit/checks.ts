/**
 * The invariants of the database, which must hold whatever happens to the processes. Each check states its promise,
 * counts the rows that it covers, and finds the rows that violate it. The checks use the database alone: they do not
 * rely on the code of the rules or on Redis.
 */
import { areaChecks } from './area-checks.ts';
import { cancellationChecks } from './cancellation-checks.ts';
import { type Check, receiptOf, recent } from './check.ts';
import { drawChecks } from './draw-checks.ts';
import { hallChecks } from './hall-checks.ts';
import { lineChecks } from './line-checks.ts';
import { moneyChecks } from './money-checks.ts';
import { operatorChecks } from './operator-checks.ts';
import { orderChecks } from './order-checks.ts';
import { queueChecks } from './queue-checks.ts';
import { ticketChecks } from './ticket-checks.ts';

const signed = `case kind when 'use' then -amount else amount end`;

export const checks: readonly Check[] = [
  {
    promise: 'A balance is the sum of its history',
    counted: `select count(*) from points`,
    wrong: `
      select format('user %s has %s points, history says %s', id, coalesce(balance, 0), coalesce(total, 0))
      from app_user
      left join points on points.user_id = id
      left join (select user_id, sum(${signed}) as total from point_history group by user_id) history
        on history.user_id = id
      where coalesce(balance, 0) <> coalesce(total, 0)`,
  },
  {
    promise: 'Each line of the history continues the balance of the previous line',
    counted: `select count(*) from point_history`,
    wrong: `
      select format('line %s of user %s says %s, the lines up to it give %s', id, user_id, balance, total)
      from (
        select id, user_id, balance, sum(${signed}) over (partition by user_id order by id) as total
        from point_history
      ) line where balance <> total`,
  },
  {
    promise: 'Every order and every line of the history is of a user who exists',
    counted: `select (select count(*) from app_order) + (select count(*) from point_history)`,
    wrong: `
      select format('%s of user %s', what, user_id)
      from (
        select 'order ' || id as what, user_id from app_order
        union all select 'line ' || id, user_id from point_history
      ) owned where not exists (select from app_user where app_user.id = user_id)`,
  },
  {
    promise: 'No seat has two live bookings',
    counted: `select count(*) from booking where ended_as is null`,
    wrong: `
      select format('seat %s has %s live bookings', seat_id, count(*))
      from booking where ended_as is null and seat_id is not null group by seat_id having count(*) > 1`,
  },
  {
    promise:
      'A seat is sold if and only if its booking is paid, and held if and only if its booking is held',
    counted: `select count(*) from seat where state <> 'available'`,
    wrong: `
      select format('seat %s is %s, the order of its live booking is %s', seat.id, seat.state,
        coalesce(app_order.state, 'missing'))
      from seat left join booking on seat_id = seat.id and ended_as is null
      left join app_order on app_order.id = order_id
      where seat.state <> case when app_order.state in ('paid', 'partly-refunded') then 'sold'
        when app_order.state = 'held' then 'held' else 'available' end`,
  },
  {
    promise: 'A booking names the schedule, concert and price of its seat or area',
    counted: `select count(*) from booking`,
    wrong: `
      select format('booking %s names schedule %s of concert %s and the price %s', booking.id, booking.schedule_id,
        booking.concert_id, booking.price)
      from booking left join seat on seat.id = seat_id left join area on area.id = area_id
      left join schedule on schedule.id = coalesce(seat.schedule_id, area.schedule_id)
      where schedule.id is null or booking.schedule_id <> schedule.id
        or booking.concert_id <> schedule.concert_id or booking.price <> coalesce(seat.price, area.price)`,
  },
  {
    // A booking stores the limit at its creation, so that a later change of the setting neither hides a violation nor
    // causes a false one. The ids of a user's bookings ascend in the order in which they were counted, and an ended
    // booking never becomes live again; so a booking that is live now was live when later ones were counted.
    promise: 'No user exceeded the limit of live bookings of a schedule when one was created',
    counted: `select count(*) from booking where ended_as is null and seat_limit is not null`,
    wrong: `
      select format('booking %s is number %s of user %s in schedule %s; %s were allowed', id, place, user_id,
        schedule_id, seat_limit)
      from (
        select id, user_id, schedule_id, seat_limit,
          count(*) over (partition by user_id, schedule_id order by id) as place
        from booking where ended_as is null
      ) live where place > seat_limit`,
  },
  ...areaChecks,
  ...hallChecks,
  ...orderChecks,
  ...cancellationChecks,
  {
    promise: 'Every effect has the receipt of a command that succeeded',
    counted: `select (select count(*) from app_order) + (select count(*) from booking) + (select count(*) from point_history)
      + (select count(*) from payment) + (select count(*) from queue_entry) + (select count(*) from operator_log)
      + (select count(*) from check_in) + (select count(*) from checkout) + (select count(*) from card_refund)
      + (select count(*) from hall_version)`,
    wrong: `
      select format('%s of the job %s', what, job_id)
      from (
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
          where ${recent('created_at')}
      ) effect
      left join command_receipt receipt on receipt.id = ${receiptOf('job_id')}
        and state = 'succeeded' and lane = split_part(job_id, '_', 1)
      where receipt.id is null`,
  },
  {
    promise: 'Every command that succeeded has its effect',
    counted: `select count(*) from command_receipt where state = 'succeeded'`,
    wrong: `
      select format('%s %s has no effect', command, receipt.id)
      from command_receipt receipt
      where state = 'succeeded' and not case command
        when 'book-seat' then exists (select 1 from booking
          where id = (result ->> 'id')::bigint and booking.user_id = receipt.user_id
            and seat_id = (result ->> 'seatId')::bigint)
        when 'book-seats' then json_array_length(result -> 'bookings') = (select count(*) from booking
          where job_id = lane || '_' || receipt.id and booking.user_id = receipt.user_id)
        when 'cancel-booking' then exists (select 1 from booking
          where booking.id = (result ->> 'id')::bigint and booking.user_id = receipt.user_id
            and booking.ended_as = result ->> 'state')
        when 'place-order' then json_array_length(result -> 'bookings') = (select count(*) from booking
          where order_id = (result ->> 'id')::bigint and booking.user_id = receipt.user_id
            and booking.job_id = lane || '_' || receipt.id)
          and not exists (
            select from json_to_recordset(result -> 'bookings') as named(id bigint, "seatId" bigint, "areaId" bigint)
            left join booking on booking.id = named.id and order_id = (result ->> 'id')::bigint
              and seat_id is not distinct from "seatId" and area_id is not distinct from "areaId"
            where booking.id is null)
        when 'pay-order' then exists (select 1 from payment
          where order_id = (result -> 'order' ->> 'id')::bigint and payment.user_id = receipt.user_id
            and kind = 'payment' and job_id = lane || '_' || receipt.id)
        when 'cancel-order' then exists (select 1 from app_order
          where app_order.id = (result ->> 'id')::bigint and app_order.user_id = receipt.user_id
            and app_order.state = result ->> 'state')
        when 'cancel-order-as-operator' then exists (select 1 from app_order
          where app_order.id = (result ->> 'id')::bigint and app_order.state = result ->> 'state')
          and (result ->> 'state' = 'cancelled' or exists (select 1 from payment
            where order_id = (result ->> 'id')::bigint and kind = 'refund' and job_id = lane || '_' || receipt.id))
        when 'cancel-schedule' then exists (select 1 from schedule
          where schedule.id = (result ->> 'id')::bigint and cancelled_at is not null)
        when 'end-cancelled-order' then exists (select 1 from app_order
          where app_order.id = (result ->> 'id')::bigint and app_order.user_id = receipt.user_id
            and app_order.state not in ('paid', 'partly-refunded'))
        when 'start-checkout' then exists (select 1 from checkout
          where checkout.id = (result ->> 'id')::bigint and checkout.user_id = receipt.user_id
            and order_id = (result ->> 'orderId')::bigint and job_id = lane || '_' || receipt.id)
        when 'start-top-up' then exists (select 1 from checkout
          where checkout.id = (result ->> 'id')::bigint and checkout.user_id = receipt.user_id
            and order_id is null and job_id = lane || '_' || receipt.id)
        when 'settle-checkout' then result ->> 'order' is null or exists (select 1 from checkout
          where checkout.id = (result -> 'checkout' ->> 'id')::bigint and checkout.user_id = receipt.user_id
            and settled_job_id = lane || '_' || receipt.id and paid_at is not null)
        when 'pay-booking' then exists (select 1 from payment
          where payment.id = (result ->> 'id')::bigint and payment.user_id = receipt.user_id)
        when 'charge-points' then exists (select 1 from point_history
          where job_id = lane || '_' || receipt.id and kind = 'charge'
            and balance = (result ->> 'balance')::bigint)
        when 'charge-points-as-operator' then exists (select 1 from point_history
          where job_id = lane || '_' || receipt.id and kind = 'charge'
            and balance = (result ->> 'balance')::bigint)
        when 'check-in' then exists (select 1 from check_in
          where booking_id = (result ->> 'ticketId')::bigint and check_in.user_id = receipt.user_id
            and job_id = lane || '_' || receipt.id and gate = result ->> 'gate')
        when 'use-points' then exists (select 1 from point_history
          where job_id = lane || '_' || receipt.id and kind = 'use'
            and balance = (result ->> 'balance')::bigint)
        when 'retry-refund' then exists (select 1 from card_refund
          where card_refund.id = (result ->> 'id')::bigint and attempt >= (result ->> 'attempt')::int)
        when 'end-refund' then exists (select 1 from card_refund
          where card_refund.id = (result ->> 'id')::bigint and card_refund.state = result ->> 'state')
          and (result ->> 'state' = 'elsewhere' or exists (select 1 from point_history
            where job_id = lane || '_' || receipt.id and kind = 'charge' and amount = (result ->> 'amount')::bigint))
        when 'create-concert' then exists (select 1 from concert
          where concert.id = (result ->> 'id')::bigint)
        when 'create-hall' then exists (select 1 from hall_version
          where hall_id = (result ->> 'id')::bigint and version = 1 and job_id = lane || '_' || receipt.id)
        when 'save-hall' then exists (select 1 from hall_version
          where hall_id = (result ->> 'id')::bigint and version = (result ->> 'version')::int
            and job_id = lane || '_' || receipt.id)
        when 'announce-draw' then exists (select 1 from draw where seed_hash = result ->> 'seedHash')
        when 'move-draw' then exists (select 1 from draw where seed_hash = result ->> 'seedHash')
        when 'cancel-draw' then exists (select 1 from draw
          where seed_hash = result ->> 'seedHash' and cancelled_at is not null)
        when 'create-queue' then exists (select 1 from waiting_queue join queue_numbering on queue_id = id
          where waiting_queue.id = (result ->> 'id')::int)
          and not exists (select 1 from json_array_elements_text(result -> 'concertIds') named
            where not exists (select 1 from concert
              where concert.id = named::bigint and concert.queue_id = (result ->> 'id')::int))
        when 'create-schedule' then exists (select 1 from schedule
          where schedule.id = (result ->> 'id')::bigint
            and seat_count = (select count(*) from seat where schedule_id = schedule.id)
              + (select coalesce(sum(capacity), 0) from area where schedule_id = schedule.id))
        else true
      end`,
  },
  ...queueChecks,
  ...drawChecks,
  ...lineChecks,
  ...operatorChecks,
  ...ticketChecks,
  ...moneyChecks,
];
