/** Rows as a table in a statement. */
import { type RawBuilder, sql } from 'kysely';

/** A column's type in PostgreSQL, and its value in a row; `place` is the row's, from 0. */
export type Column<Row> = [type: string, cellOf: (row: Row, place: number) => unknown];

/**
 * What follows `from`: rows under a name, with the columns that are given. Several rows are one array a column, so
 * that the statement has one text, and is prepared once, however many they are. One row is plain values: most batches
 * of a calm hour are one command, and PostgreSQL takes two thirds of the time for them.
 * @param rows one at least
 */
export function tableOf<Row>(
  name: string,
  rows: readonly Row[],
  columns: Readonly<Record<string, Column<Row>>>,
): RawBuilder<unknown> {
  const names = sql.join(Object.keys(columns).map((column) => sql.ref(column)));
  const valuesOf = Object.values(columns).map(([type, cellOf]) =>
    rows.length === 1
      ? sql`${cellOf(rows[0] as Row, 0)}::${sql.raw(type)}`
      : sql`${rows.map(cellOf)}::${sql.raw(type)}[]`,
  );
  const values = sql.join(valuesOf);
  const table = rows.length === 1 ? sql`(values (${values}))` : sql`unnest(${values})`;
  return sql`${table} as ${sql.ref(name)}(${names})`;
}
