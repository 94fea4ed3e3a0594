/** Brings a database up to the latest migration, next to processes that work on it. */
import { sql } from 'kysely';
import { type Database, openDatabase } from '../../src/db/connection/orm.ts';

/** Processes that migrate at the same time take turns. */
const MIGRATE_LOCK = 1_588_002_830;
const LOOK_AGAIN_MS = 200;
const LOCK_TIMEOUT_MS = 3000;
/** PostgreSQL's code of a statement that waited too long for a lock. */
const LOCK_NOT_AVAILABLE = '55P03';

/** A migration waited for a lock until its time was up. */
export class LockedOut extends Error {
  constructor(lockTimeoutMs: number, cause: unknown) {
    super(
      `A migration waited ${lockTimeoutMs / 1000} s for a lock that somebody else holds, and gave up so that nobody waits behind it. Nothing of it was changed: run it again.`,
      { cause },
    );
    this.name = 'LockedOut';
  }
}

/**
 * Applies what is missing, each migration in a transaction of its own.
 * @param lockTimeoutMs how long a statement may wait for a lock; whoever wants the table waits behind it
 * @returns how many migrations were applied
 * @throws LockedOut when a lock does not come in time; the migrations before it stay
 */
export async function migrate(
  databaseUrl: string,
  { lockTimeoutMs = LOCK_TIMEOUT_MS } = {},
): Promise<number> {
  const settings = { databaseUrl, connectionsMax: 2, applicationName: 'seatlane-migrate' };
  const orm = await openDatabase({ ...settings, lockTimeoutMs });
  try {
    return await inTurn(orm, async () => (await orm.migrator.up()).length);
  } catch (error) {
    const { code, cause } = error as { code?: string; cause?: { code?: string } };
    if ([code, cause?.code].includes(LOCK_NOT_AVAILABLE)) throw new LockedOut(lockTimeoutMs, error);
    throw error;
  } finally {
    await orm.close();
  }
}

/**
 * Asks for the turn again and again: a statement that waited for it would keep `create index concurrently` waiting,
 * and a transaction that held it would be ended as idle.
 */
async function inTurn<Result>(orm: Database, work: () => Promise<Result>): Promise<Result> {
  const connection = await orm.em.getDriver().getConnection();
  return connection
    .getClient()
    .connection()
    .execute(async (db) => {
      for (;;) {
        const { rows } = await sql<{ has: boolean }>`
        select pg_try_advisory_lock(${MIGRATE_LOCK}) as has`.execute(db);
        if (rows[0]?.has) break;
        await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
      }
      try {
        return await work();
      } finally {
        await sql`select pg_advisory_unlock(${MIGRATE_LOCK})`.execute(db);
      }
    });
}
