/** SQL conditions on `schedule` for performances on sale, shared by all lists and counts. */
import { sql } from 'kysely';

/** The sale has not ended: the booking window is not over, and the performance has neither started nor been cancelled. */
export const isSaleAhead = sql<boolean>`(
  booking_end_at > statement_timestamp() and start_at > statement_timestamp()
  and cancelled_at is null)`;

/** Seats can be booked now. */
export const isOnSale = sql<boolean>`(booking_start_at <= statement_timestamp() and ${isSaleAhead})`;
