/** Reads the database directly, without the code under test. */
import { sql } from 'kysely';
import type { Database } from '../../../src/db/connection/orm.ts';

export function databaseRows(orm: Database) {
  return async <Row extends object>(text: string): Promise<Row[]> => {
    const result = await sql<Row>`${sql.raw(text)}`.execute(orm.em.getKysely());
    return result.rows;
  };
}
