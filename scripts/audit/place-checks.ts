/** The invariants of seats, of areas, and of the bookings of both. */
import type { Check } from './check.ts';

export const placeChecks: readonly Check[] = [
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
  {
    // A row that violates `schedule_booking_ends_by_start` is from before that constraint, and may lack prices.
    promise: 'A performance counts its places, and says their lowest and highest price',
    counted: `select count(*) from schedule`,
    wrong: `
      select format('schedule %s says %s places from %s to %s, it has %s from %s to %s', id, seat_count, price_from, price_to,
        coalesce(places, 0), lowest, highest)
      from schedule left join (
        select schedule_id, sum(count) as places, min(lowest) as lowest, max(highest) as highest
        from (
          select schedule_id, count(*) as count, min(price) as lowest, max(price) as highest from seat group by 1
          union all
          select schedule_id, sum(capacity), min(price), max(price) from area group by 1
        ) of_kind group by 1
      ) counted on schedule_id = id
      where seat_count <> coalesce(places, 0)
        or (booking_end_at <= start_at and (price_from, price_to) is distinct from (lowest, highest))`,
  },
  {
    promise:
      'An area counts its held and sold places correctly, and has no more of them than its capacity',
    counted: `select count(*) from area`,
    wrong: `
      select format('area %s of %s places counts %s held and %s sold ones, its bookings give %s and %s', id, capacity,
        area.held, area.sold, coalesce(counted.held, 0), coalesce(counted.sold, 0))
      from area left join (
        select area_id, count(*) filter (where state = 'held') as held, count(*) filter (where state <> 'held') as sold
        from booking join app_order on app_order.id = order_id
        where area_id is not null and ended_as is null group by area_id
      ) counted on area_id = id
      where area.held <> coalesce(counted.held, 0) or area.sold <> coalesce(counted.sold, 0)
        or area.held + area.sold > capacity`,
  },
  {
    promise: 'A seat or a place of an area is kept at least until its hold ends',
    counted: `
      select (select count(*) from seat where state = 'held')
        + (select count(*) from booking where area_held_until is not null)`,
    wrong: `
      select format('the place of booking %s is kept until %s, its hold ends at %s', id, area_held_until, hold_expires_at)
      from booking where area_held_until < hold_expires_at
      union all
      select format('seat %s is kept until %s, the hold of booking %s ends at %s', seat.id, held_until, booking.id,
        hold_expires_at)
      from seat join booking on seat_id = seat.id and ended_as is null
      where seat.state = 'held' and held_until < hold_expires_at`,
  },
  {
    promise: 'A live place of an area is kept until some time if and only if its order is held',
    counted: `select count(*) from booking where area_id is not null and ended_as is null`,
    wrong: `
      select format('order %s is %s, the place of booking %s is kept until %s', order_id, state, booking.id,
        coalesce(area_held_until::text, 'the end'))
      from booking left join app_order on app_order.id = order_id
      where area_id is not null and ended_as is null
        and (area_held_until is not null) is distinct from (state = 'held')`,
  },
  {
    promise: 'A place of an area runs out together with all other places of its order',
    counted: `select count(distinct order_id) from booking where area_id is not null`,
    wrong: `
      select format('order %s keeps its places until %s, others until %s', order_id, min(kept_until), max(kept_until))
      from (
        select order_id, area_id, coalesce(area_held_until, seat.held_until) as kept_until
        from booking join app_order on app_order.id = order_id left join seat on seat.id = seat_id
        where ended_as is null and app_order.state = 'held'
      ) held
      group by order_id having count(area_id) > 0 and min(kept_until) <> max(kept_until)`,
  },
];
