/**
 * Declares SQL statements, with Kysely's builder or its `sql` template. The column types come from the entities.
 *
 * - `statement`: a prepared statement. Its text is built at the first use and never changes; each call only binds values. Each
 *   connection prepares it once, so a connection has at most as many prepared statements as there are declarations
 *   (docs/decisions/0053).
 * - `rareStatement`: the same, but not prepared; for infrequent work of operators and timers.
 * - `unprepared`: a statement whose text differs from call to call.
 */
import {
  type Compilable,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type RawBuilder,
  sql,
} from 'kysely';
import { arrayEncoder } from './array-literal.ts';
import type { Tables } from './tables.ts';

/** A query for `pg`, with the type of its result rows. */
export interface Statement<Row> {
  /** Only prepared statements have a name; `pg_prepared_statements` shows it. */
  readonly name?: string;
  readonly text: string;
  readonly values: unknown[];
  /** Never set; it only carries the row type. */
  readonly row?: Row;
}

/** Builds statements. It has no connection, so it cannot execute them. */
export const db = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (kysely) => new PostgresIntrospector(kysely),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

/** The parameters of a statement, as placeholders. */
export type Given<Values> = { readonly [Name in keyof Values]-?: RawBuilder<Values[Name]> };

type Built<Row> = Compilable<Row> | RawBuilder<Row>;

class Parameter {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

const parameters = new Proxy({} as Record<string, RawBuilder<unknown>>, {
  get: (_, name) => sql.val(new Parameter(String(name))),
  ownKeys() {
    throw new Error('A statement must access each parameter by name; it cannot spread them.');
  },
});

/**
 * Declares a prepared statement.
 * @param name unique among all statements, at most 63 bytes
 * @param build builds the statement; its result must depend only on the parameters
 * @returns a function that binds values to the statement
 */
export function statement<Values extends object, Row>(
  name: string,
  build: (given: Given<Values>) => Built<Row>,
): (values: Values) => Statement<Row> {
  const bind = rareStatement(build);
  return (values) => ({ name, ...bind(values) });
}

/** Declares a statement like `statement`, but without preparing it: PostgreSQL parses and plans it each time. */
export function rareStatement<Values extends object, Row>(
  build: (given: Given<Values>) => Built<Row>,
): (values: Values) => Statement<Row> {
  let compiled: { text: string; cells: readonly unknown[] } | undefined;
  return (values) => {
    if (!compiled) {
      const { sql: text, parameters: cells } = build(parameters as Given<Values>).compile(db);
      compiled = { text, cells };
    }
    const { text, cells } = compiled;
    const bound = cells.map((cell) =>
      cell instanceof Parameter ? encode(values[cell.name as keyof Values]) : cell,
    );
    return { text, values: bound };
  };
}

const encodeNumbers = arrayEncoder<number>('bigint', (number) => number);

/**
 * Encodes what most statements bind. `pg` does it too, but looks for characters to quote in each number of an array, and formats
 * times in the local time zone.
 */
function encode(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  const isOfNumbers = Array.isArray(value) && value.every((each) => typeof each === 'number');
  return isOfNumbers ? encodeNumbers(value) : value;
}

/** A statement that is built and sent once. */
export function unprepared<Row>(built: Built<Row>): Statement<Row> {
  const { sql: text, parameters: values } = built.compile(db);
  return { text, values: [...values] };
}

/** PostgreSQL's `any(array)`, for `where('id', '=', anyOf(ids))`. */
export function anyOf<Element>(elements: RawBuilder<readonly Element[]>): RawBuilder<Element> {
  return sql`any(${elements})`;
}

/** An interval of that many milliseconds. */
export function ms(given: RawBuilder<number>): RawBuilder<unknown> {
  return sql`${given} * interval '1 ms'`;
}

/**
 * A condition that PostgreSQL only checks on rows that it found by the other conditions. A plain one on a state lets the planner
 * read a whole partial index of that state, and it does so with a plan from a time when few rows were in it.
 */
export function checkedAfterwards(condition: RawBuilder<boolean>): RawBuilder<boolean> {
  return sql`(case when ${condition} then true else false end)`;
}
