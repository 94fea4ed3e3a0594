/** Sort keys of lists by time: µs since 1970, PostgreSQL's precision. */
import { type Expression, sql } from 'kysely';

/** The cursor of a page: the time in µs since 1970 and the id of the last row of the previous page. */
export interface TimeKey {
  us: number;
  id: number;
}

/** A page of a list of one user's rows, newest first, before a key and not before the time `from`. */
export interface UserPage extends TimeKey {
  subject: string;
  /** As `timeFrom` takes it. */
  from: string;
  limit: number;
}

/** After every row; the time is in the year 2255. */
export const END: TimeKey = { us: Number.MAX_SAFE_INTEGER, id: Number.MAX_SAFE_INTEGER };
/** Before every row. */
export const START: TimeKey = { us: 0, id: 0 };

/**
 * The key before which a page of a list, newest first, begins: the end of the period if it is earlier than the cursor. One
 * bound is enough then. Given two, PostgreSQL would begin at the later one and skip all rows up to the other.
 * @param to ISO 8601, exclusive
 */
export function beginningOf(cursor: TimeKey | undefined, to: string | undefined): TimeKey {
  const end = to === undefined ? END : { us: Date.parse(to) * 1000, id: 0 };
  return cursor && cursor.us < end.us ? cursor : end;
}

/** Converts a time to a sort key. */
export const microseconds = (time: Expression<Date>) =>
  sql<number>`(extract(epoch from ${time}) * 1000000)::bigint`;

/** Converts a sort key to a time. */
export const timeOf = (us: Expression<number>) =>
  sql<Date>`(timestamptz 'epoch' + ${us}::bigint * interval '1 microsecond')`;

/** ISO 8601, or `infinity` for an open end, so that a list needs only one statement. */
export const timeFrom = (text: Expression<string>) => sql<Date>`${text}::timestamptz`;
