/** What a connection has prepared: each statement takes memory on the server for as long as the connection lasts. */
import type { Database } from '../../src/db/connection/orm.ts';
import { databaseRows } from './services/rows.ts';

/** A connection holds at most so many, whatever it has been used for. */
export const PREPARED_MAX = 60;

/** The names of what the one connection of this pool has prepared. */
export async function preparedOn(orm: Database): Promise<string[]> {
  const rows = await databaseRows(orm)<{ name: string }>(
    'select name from pg_prepared_statements order by name',
  );
  return rows.map(({ name }) => name);
}
