/** The types of tables and rows, inferred from the entities. Only the entities declare columns. */
import type { InferKyselyDB } from '@mikro-orm/postgresql';
import type { Selectable } from 'kysely';
import type { entities } from './entities/index.ts';

/** The tables and columns by their names in PostgreSQL. */
export type Tables = InferKyselyDB<(typeof entities)[number]>;

/** Converts `hold_expires_at` to `holdExpiresAt`. */
export type CamelCase<Name> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;

/** A complete row of a table, with camel-case column names. */
export type Row<Table extends keyof Tables> = {
  -readonly [Column in keyof Selectable<Tables[Table]> as CamelCase<Column>]: Selectable<
    Tables[Table]
  >[Column];
};
