/** Brings a database up to the latest migration. */
import { sql } from 'kysely';
import { openDatabase } from '../../src/db/orm.ts';

/** Processes that migrate at the same time take turns. */
const MIGRATE_LOCK = 1_588_002_830;

/** @returns how many migrations were applied */
export async function migrate(databaseUrl: string): Promise<number> {
  const settings = { databaseUrl, connectionsMax: 2, applicationName: 'seatlane-migrate' };
  const orm = await openDatabase(settings);
  try {
    return await orm.em.fork().transactional(async (em) => {
      await sql`select pg_advisory_xact_lock(${MIGRATE_LOCK})`.execute(em.getKysely());
      return (await orm.migrator.up()).length;
    });
  } finally {
    await orm.close();
  }
}
