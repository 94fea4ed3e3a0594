/** SQL expressions on `schedule` for performances on sale, shared by all lists, counts and commands. */
import { sql } from 'kysely';

/** The sale has not ended: the booking window is not over, and the performance has neither started nor been cancelled. */
export const isSaleAhead = sql<boolean>`(
  booking_end_at > statement_timestamp() and start_at > statement_timestamp()
  and cancelled_at is null)`;

/** Seats can be booked now. */
export const isOnSale = sql<boolean>`(booking_start_at <= statement_timestamp() and ${isSaleAhead})`;

/** When operators closed the sale of a performance or of its concert, which is joined; null while both are open. */
export const saleClosedAt = sql<Date | null>`coalesce(schedule.closed_at, concert.closed_at)`;
