/** Times come out of PostgreSQL as ms since 1970: exact enough, and no text to parse. */
import { type RawBuilder, sql } from 'kysely';

/** @param column a column's name, never a client's text */
export function epochMs(column: string): RawBuilder<number | null> {
  return sql.raw(`(extract(epoch from ${column}) * 1000)::float8`);
}
