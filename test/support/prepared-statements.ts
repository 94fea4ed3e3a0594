/** The prepared statements of a connection. Each takes memory on the server until the connection is closed. */
import type { Database } from '../../src/db/connection/orm.ts';
import { databaseRows } from './services/rows.ts';

/** The maximum number of prepared statements per connection, whatever it was used for. */
export const PREPARED_MAX = 75;

/** The names of the statements that the one connection of this pool has prepared. */
export async function preparedOn(orm: Database): Promise<string[]> {
  const rows = await databaseRows(orm)<{ name: string }>(
    'select name from pg_prepared_statements order by name',
  );
  return rows.map(({ name }) => name);
}
