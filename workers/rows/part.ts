/** Builds a part of the statement that writes a batch: the updates or the inserts of one table. */
import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { Given } from '../../src/db/statement.ts';
import type { CamelCase, Tables } from '../../src/db/tables.ts';
import type { NewReceipt } from './receipt-part.ts';
import { type Form, type RowParameters, rowParameters, type Values } from './row-parameters.ts';
import type { Rows } from './rows.ts';

/** The rows and receipts that a batch writes. */
export interface Written {
  rows: Rows;
  receipts: readonly NewReceipt[];
  /** The batch's time. */
  now: Date;
}

export interface Part {
  /** What it writes, if that is one table: a test compares them. */
  readonly of?: { verb: 'insert' | 'update'; table: string; columns: readonly string[] };
  /** The rows that this part writes. */
  itemsIn(written: Written): readonly object[];
  /** @param given the parameters of the rows, and `now`, the batch's time */
  build(given: Given<Values>, form: Form): RawBuilder<unknown>;
  /** Adds the parameters of these rows. */
  bind(items: readonly object[], form: Form, values: Values): void;
}

/** The PostgreSQL types that can hold a value. */
type TypeName<Value> = Value extends number
  ? 'bigint' | 'int'
  : Value extends string
    ? 'text'
    : Value extends boolean
      ? 'boolean'
      : Value extends Date
        ? 'timestamptz'
        : 'jsonb';

type Cells<Table extends keyof Tables> = Selectable<Tables[Table]>;

/** Columns of a table with their PostgreSQL types. */
type Columns<Table extends keyof Tables> = {
  readonly [Column in keyof Cells<Table>]?: TypeName<NonNullable<Cells<Table>[Column]>>;
};

/** The properties that a row needs for these columns. */
type Item<Table extends keyof Tables, Chosen> = {
  readonly [Column in keyof Chosen as CamelCase<Column>]: Column extends keyof Cells<Table>
    ? Cells<Table>[Column]
    : never;
};

/** Updates rows. The first column is the key; the others are set. */
export function updateEach<Table extends keyof Tables, const Chosen extends Columns<Table>>(
  table: Table,
  columns: Chosen,
  itemsIn: (rows: Rows) => Iterable<Item<Table, Chosen>>,
): Part {
  // Two parts may update different columns of one table in the same statement.
  const changed = sourceOf(`changed ${table} ${Object.keys(columns).join()}`, 'changed', columns);
  const [key = '', ...others] = changed.columns;
  const sets = others.map((column) => sql`${sql.ref(column)} = ${sql.ref(`changed.${column}`)}`);
  return {
    of: { verb: 'update', table, columns: changed.columns },
    itemsIn: ({ rows }) => [...itemsIn(rows)],
    bind: changed.bind,
    build: (given, form) => sql`
      update ${sql.table(table)} set ${sql.join(sets)} from ${changed.build(given, form)}
      where ${sql.ref(`${table}.${key}`)} = ${sql.ref(`changed.${key}`)}`,
  };
}

interface InsertOptions {
  /** Sets `created_at` to the batch's time. */
  isTimed?: boolean;
  /** PostgreSQL generates the ids; the rows must be inserted in their order. */
  isNumbered?: boolean;
}

/**
 * Inserts rows. They have all columns that `updateEach` sets: a later command of the batch may have changed a new row, which is written once.
 */
export function insertEach<Table extends keyof Tables, const Chosen extends Columns<Table>>(
  table: Table,
  columns: Chosen,
  itemsIn: (rows: Rows) => Iterable<Item<Table, Chosen>>,
  { isTimed = false, isNumbered = false }: InsertOptions = {},
): Part {
  const added = sourceOf(`added ${table}`, 'added', columns);
  const names = sql.join(added.columns.map((column) => sql.ref(column)));
  return {
    of: { verb: 'insert', table, columns: added.columns },
    itemsIn: ({ rows }) => [...itemsIn(rows)],
    bind: added.bind,
    build(given, form) {
      const [timed, time] = isTimed
        ? [sql`, created_at`, sql`, ${given.now}::timestamptz`]
        : [sql``, sql``];
      const place = isNumbered && form === 'many' ? 'place' : undefined;
      const inOrder = place ? sql` order by ${sql.ref(place)}` : sql``;
      return sql`
        insert into ${sql.table(table)} (${names}${timed}) overriding system value
        select ${names}${time} from ${added.build(given, form, place)}${inOrder}`;
    },
  };
}

function sourceOf(parameters: string, name: string, columns: object): RowParameters<object> {
  const cells = Object.entries(columns).map(([column, type]) => {
    const key = column.replaceAll(/_./g, (letter) => letter.slice(1).toUpperCase());
    const cellOf = (item: object) => item[key as never];
    return [column, [type as string, type === 'jsonb' ? asJson(cellOf) : cellOf]] as const;
  });
  return rowParameters(parameters, name, Object.fromEntries(cells));
}

/** Without this, `pg` would convert an array to a PostgreSQL array. */
const asJson = (cellOf: (item: object) => unknown) => (item: object) => {
  const value = cellOf(item);
  return value === null ? null : JSON.stringify(value);
};
