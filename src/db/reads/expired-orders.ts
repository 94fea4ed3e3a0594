/** Which held orders count as expired although they are not ended yet, for statements that select from `app_order`. */
import { sql } from 'kysely';

/**
 * SQL: the hold and its grace period have expired, but the order is not ended yet. It counts as expired with its bookings,
 * since others can book their places, which all run out together.
 */
export const isExpired = sql<boolean>`(app_order.state = 'held' and (
  select true from booking left join seat on seat.id = booking.seat_id
  where order_id = app_order.id and booking.is_live
    and coalesce(seat.held_until, area_held_until) <= statement_timestamp()
  limit 1) is not null)`;

export const isNotExpired = sql<boolean>`not ${isExpired}`;
