/** The tables as statements and rows see them: inferred from the entities, which alone declare columns. */
import type { InferKyselyDB } from '@mikro-orm/postgresql';
import type { Selectable } from 'kysely';
import type { entities } from './entities/index.ts';

/** By table and column, as PostgreSQL names them. */
export type Tables = InferKyselyDB<(typeof entities)[number]>;

/** `hold_expires_at` is `holdExpiresAt`. */
export type CamelCase<Name> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;

/** A whole row of a table, its columns named as in TypeScript. */
export type Row<Table extends keyof Tables> = {
  -readonly [Column in keyof Selectable<Tables[Table]> as CamelCase<Column>]: Selectable<
    Tables[Table]
  >[Column];
};
