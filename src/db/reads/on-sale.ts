/** Which schedules are on sale: conditions on a row of `schedule`, shared by all that list or count them. */
import { sql } from 'kysely';

/** Its sale has not ended: neither its booking window, nor by the start of the performance. */
export const isSaleAhead = sql<boolean>`(
  booking_end_at > statement_timestamp() and start_at > statement_timestamp())`;

/** Its seats can be booked now. */
export const isOnSale = sql<boolean>`(booking_start_at <= statement_timestamp() and ${isSaleAhead})`;
