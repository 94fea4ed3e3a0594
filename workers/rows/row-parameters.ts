/** Passes rows to a statement as a table expression. */
import { type RawBuilder, sql } from 'kysely';
import { arrayEncoder } from '../../src/db/array-literal.ts';
import type { Given } from '../../src/db/statement.ts';

/**
 * `one`: a single row as plain values. Under low load most batches have one command, and this form takes PostgreSQL a
 * third less time. `many`: any number of rows, including none, as one array per column.
 */
export type Form = 'one' | 'many';

/** Parameters of a statement by name. */
export type Values = Record<string, unknown>;

/** A column's type in PostgreSQL, and its value in a row. */
type Column<Item> = readonly [type: string, cellOf: (item: Item) => unknown];

export interface RowParameters<Item> {
  readonly columns: readonly string[];
  /**
   * Builds the table expression for a `from` clause.
   * @param place the name of an additional column that numbers the rows from 1; only in the form `many`
   */
  build(given: Given<Values>, form: Form, place?: string): RawBuilder<unknown>;
  /** Adds the parameter values of the rows. */
  bind(items: readonly Item[], form: Form, values: Values): void;
}

/**
 * @param prefix the prefix of its parameter names; unique within the statement
 * @param name the table's name in the statement
 */
export function rowParameters<Item>(
  prefix: string,
  name: string,
  columns: Readonly<Record<string, Column<Item>>>,
): RowParameters<Item> {
  const cells = Object.entries(columns).map(([column, [type, cellOf]]) => ({
    column,
    parameter: `${prefix}.${column}`,
    type,
    cellOf,
    toArray: arrayEncoder(type, cellOf),
  }));
  const namesOf = (all: readonly string[]) => sql.join(all.map((column) => sql.ref(column)));
  return {
    columns: Object.keys(columns),
    build(given, form, place) {
      const row = (suffix: string) =>
        sql.join(
          cells.map((each) => sql`${given[each.parameter]}::${sql.raw(each.type + suffix)}`),
        );
      const alias = sql.ref(name);
      const names = Object.keys(columns);
      if (form === 'one') return sql`(values (${row('')})) as ${alias}(${namesOf(names)})`;
      return place
        ? sql`unnest(${row('[]')}) with ordinality as ${alias}(${namesOf([...names, place])})`
        : sql`unnest(${row('[]')}) as ${alias}(${namesOf(names)})`;
    },
    bind(items, form, values) {
      for (const { parameter, cellOf, toArray } of cells) {
        values[parameter] = form === 'one' ? cellOf(items[0] as Item) : toArray(items);
      }
    },
  };
}
