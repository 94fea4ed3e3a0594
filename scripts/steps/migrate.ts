/** Applies all missing migrations to a database, also while processes use it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { type Database, openDatabase } from '../../src/db/connection/orm.ts';
import { isLockTimeout } from '../../src/runtime/service-errors.ts';

/** The advisory lock that serialises concurrent migrations. */
const MIGRATE_LOCK = 1_588_002_830;
const RETRY_MS = 200;
const LOCK_TIMEOUT_MS = 3000;

/** A migration waited too long for a lock. */
export class LockTimeout extends Error {
  constructor(lockTimeoutMs: number, cause: unknown) {
    super(
      `A migration waited ${lockTimeoutMs / 1000} s for a lock, and gave up so that other statements do not queue behind it. It changed nothing: run it again.`,
      { cause },
    );
    this.name = 'LockTimeout';
  }
}

/** PostgreSQL's code for an object in use; migrations raise it while processes run that cannot bear them. */
const PROCESSES_RUN = '55006';

/** A migration that processes of the version before cannot bear met a running one. */
export class ProcessesRunning extends Error {
  constructor(cause: unknown) {
    super(
      'Processes of the version before are running: stop all API and worker processes, then run the migration again. Migrations before it are applied: do not start the version before.',
      { cause },
    );
    this.name = 'ProcessesRunning';
  }
}

/**
 * Applies the missing migrations, each in its own transaction.
 * @param lockTimeoutMs how long a statement may wait for a lock; other statements on the table queue behind it
 * @returns the number of applied migrations
 * @throws LockTimeout if a lock is not granted in time, ProcessesRunning if processes must be stopped first; earlier migrations
 *   remain applied
 */
export function migrate(
  databaseUrl: string,
  { lockTimeoutMs = LOCK_TIMEOUT_MS } = {},
): Promise<number> {
  return apply(databaseUrl, lockTimeoutMs, undefined);
}

/**
 * Applies the missing migrations up to one of them, so that its time can be measured.
 * @param last the name of the last migration
 * @returns the number of applied migrations
 * @throws as `migrate`
 */
export function migrateTo(databaseUrl: string, last: string): Promise<number> {
  return apply(databaseUrl, LOCK_TIMEOUT_MS, last);
}

async function apply(
  databaseUrl: string,
  lockTimeoutMs: number,
  last: string | undefined,
): Promise<number> {
  const settings = { databaseUrl, connectionsMax: 2, applicationName: 'seatlane-migrate' };
  const orm = await openDatabase({ ...settings, lockTimeoutMs });
  const upTo = last === undefined ? undefined : { to: last };
  try {
    return await withMigrationLock(orm, async () => (await orm.migrator.up(upTo)).length);
  } catch (error) {
    const { code, cause } = error as { code?: string; cause?: { code?: string } };
    if ([error, cause].some(isLockTimeout)) throw new LockTimeout(lockTimeoutMs, error);
    if ([code, cause?.code].includes(PROCESSES_RUN)) throw new ProcessesRunning(error);
    throw error;
  } finally {
    await orm.close();
  }
}

/**
 * Polls for the advisory lock. A statement that waited for it would block `create index concurrently`, and an open
 * transaction that held it would be ended as idle.
 */
async function withMigrationLock<Result>(
  orm: Database,
  work: () => Promise<Result>,
): Promise<Result> {
  const connection = await orm.em.getDriver().getConnection();
  return connection
    .getClient()
    .connection()
    .execute(async (db) => {
      for (;;) {
        const { rows } = await sql<{ has: boolean }>`
        select pg_try_advisory_lock(${MIGRATE_LOCK}) as has`.execute(db);
        if (rows[0]?.has) break;
        await sleep(RETRY_MS);
      }
      try {
        return await work();
      } finally {
        await sql`select pg_advisory_unlock(${MIGRATE_LOCK})`.execute(db);
      }
    });
}
