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
        select area_id, count(*) filter (where state = 'held') as held, count(*) filter (where state = 'paid') as sold
        from booking where area_id is not null group by area_id
      ) counted on area_id = id
      where area.held <> coalesce(counted.held, 0) or area.sold <> coalesce(counted.sold, 0)
        or area.held + area.sold > capacity`,
  },
  {
    promise: 'A place of an area is kept at least until its hold ends',
    counted: `select count(*) from booking where area_id is not null`,
    wrong: `
      select format('the place of booking %s is kept until %s, its hold ends at %s', id, area_held_until, hold_expires_at)
      from booking where area_id is not null and not coalesce(area_held_until >= hold_expires_at, false)`,
  },
  {
    promise: 'A place of an area runs out together with all other places of its order',
    counted: `select count(distinct order_id) from booking where area_id is not null`,
    wrong: `
      select format('order %s keeps its places until %s, others until %s', order_id, min(kept_until), max(kept_until))
      from (
        select order_id, area_id, coalesce(area_held_until, seat.held_until) as kept_until
        from booking left join seat on seat.id = seat_id where booking.state = 'held'
      ) held
      group by order_id having count(area_id) > 0 and min(kept_until) <> max(kept_until)`,
  },
];
