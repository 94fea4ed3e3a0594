/** Which held orders count as expired although they are not ended yet. */
import { sql } from 'kysely';

/** SQL: the hold of a booking and its grace period have expired, so that others can book the place. The seat is joined. */
const isRunOut = sql<boolean>`coalesce(seat.held_until, area_held_until) <= statement_timestamp()`;

/**
 * SQL, for statements that select from `app_order`: the hold has run out, but the order is not ended yet. It counts as expired
 * with its bookings, since others can book their places, which all run out together.
 */
export const isExpired = sql<boolean>`(app_order.state = 'held' and (
  select true from booking left join seat on seat.id = booking.seat_id
  where order_id = app_order.id and booking.is_live and ${isRunOut}
  limit 1) is not null)`;

/** SQL: as `isExpired`, for one live booking, found with its own state or that of its order as `found.state`. */
export const isFoundExpired = sql<boolean>`(found.state = 'held' and ${isRunOut})`;

export const isNotExpired = sql<boolean>`not ${isExpired}`;
