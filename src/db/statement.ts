/**
 * Statements to PostgreSQL. `statement` declares one that is prepared once a connection: it is built and typed by the
 * entities, and compiled at its first use only. So a connection holds as many prepared statements as are declared, however
 * long it lives and whatever it is used for (docs/decisions/0053). `rareStatement` and `unprepared` are for what operators
 * and timers do now and then.
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
import type { Tables } from './tables.ts';

/** What `pg` sends, and the type of the rows that come back. */
export interface Statement<Row> {
  /** Prepared statements have one; it shows in `pg_prepared_statements`. */
  readonly name?: string;
  readonly text: string;
  readonly values: unknown[];
  /** Never set: it carries the type. */
  readonly row?: Row;
}

/** Builds statements. It has no connection. */
export const db = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (kysely) => new PostgresIntrospector(kysely),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

/** What differs from use to use, as the parameters that stand for it. */
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
    throw new Error('A statement must name each of its parameters: it cannot spread them.');
  },
});

/**
 * Declares a prepared statement.
 * @param name one of its own among all statements, at most 63 bytes
 * @param build what it says; it must not depend on anything but the parameters
 * @returns what binds values to it
 */
export function statement<Values extends object, Row>(
  name: string,
  build: (given: Given<Values>) => Built<Row>,
): (values: Values) => Statement<Row> {
  const bind = rareStatement(build);
  return (values) => ({ name, ...bind(values) });
}

/** Declares a statement as `statement` does, but PostgreSQL parses and plans it each time. */
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
      cell instanceof Parameter ? values[cell.name as keyof Values] : cell,
    );
    return { text, values: bound };
  };
}

/** A statement that is built for one use. */
export function unprepared<Row>(built: Built<Row>): Statement<Row> {
  const { sql: text, parameters: values } = built.compile(db);
  return { text, values: [...values] };
}

/** One of an array's elements, for `where('id', '=', anyOf(ids))`. */
export function anyOf<Element>(elements: RawBuilder<readonly Element[]>): RawBuilder<Element> {
  return sql`any(${elements})`;
}
