/** The name of a booking's area, for statements that select from `booking`. */
import { sql } from 'kysely';

/**
 * SQL; null for the booking of a seat. `area` is not joined: while it has a handful of rows, PostgreSQL would plan to read all
 * of it for every payment of a seat.
 */
export const areaName = sql<string | null>`(select name from area where area.id = booking.area_id)`;
