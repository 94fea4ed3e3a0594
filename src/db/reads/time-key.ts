/** The keys of lists by time: µs since 1970, as exact as PostgreSQL keeps times. */
import { type Expression, sql } from 'kysely';

/** Where a page begins: the time in µs since 1970, and the id, of the last row of the page before. */
export interface TimeKey {
  us: number;
  id: number;
}

/** A page of a list of one user's rows, newest first, between two times as `timeFrom` takes them. */
export interface UserPage extends TimeKey {
  subject: string;
  from: string;
  to: string;
  limit: number;
}

/** Behind every row: its time is in the year 2255. */
export const END: TimeKey = { us: Number.MAX_SAFE_INTEGER, id: Number.MAX_SAFE_INTEGER };
/** Before every row. */
export const START: TimeKey = { us: 0, id: 0 };

/** A time as a key has it. */
export const microseconds = (time: Expression<Date>) =>
  sql<number>`(extract(epoch from ${time}) * 1000000)::bigint`;

/** The time of a key. */
export const timeOf = (us: Expression<number>) =>
  sql<Date>`(timestamptz 'epoch' + ${us}::bigint * interval '1 microsecond')`;

/** ISO 8601, or `infinity`: an open end is one too, so that a list has one statement with it and without. */
export const timeFrom = (text: Expression<string>) => sql<Date>`${text}::timestamptz`;
