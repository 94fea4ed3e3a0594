/** The invariants of areas and of the bookings of their places. */
import type { Check } from './check.ts';

export const areaChecks: readonly Check[] = [
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
    promise: 'A place of an area is kept at least until its hold ends',
    counted: `select count(*) from booking where area_held_until is not null`,
    wrong: `
      select format('the place of booking %s is kept until %s, its hold ends at %s', id, area_held_until, hold_expires_at)
      from booking where area_held_until < hold_expires_at`,
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
