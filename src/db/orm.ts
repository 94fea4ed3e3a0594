/** Connects MikroORM to PostgreSQL. Entry points, scripts and tests open it; nobody else does. */
import { Migrator } from '@mikro-orm/migrations';
import { defineConfig, MikroORM, type Options } from '@mikro-orm/postgresql';
import { entities } from './entities/index.ts';
import { ReleasingClient } from './releasing-client.ts';

export interface DatabaseSettings {
  databaseUrl: string;
  /** Connections at most. A request or a batch uses one at a time, so this bounds both. */
  connectionsMax: number;
  /** Shown in pg_stat_activity, so that an operator sees whose connection it is. */
  applicationName: string;
  /**
   * All statements go by key. A prepared plan is kept for long, and one that was made while a table was
   * empty would read the whole table ever after. Nor are plans made anew each time: PostgreSQL guesses ten elements for
   * an array that it does not know, so a plan for the one at hand seems cheaper to it, ever again.
   */
  isByKeyOnly?: boolean;
  /** How long a statement waits for a lock; 3 s without it. */
  lockTimeoutMs?: number;
}

/** How long a statement waits for a row lock before its batch is tried again (design.md, layer 2). */
const LOCK_TIMEOUT_MS = 3000;
const BY_KEY_ONLY = '-c enable_seqscan=off -c jit=off -c plan_cache_mode=force_generic_plan';
/** How long a frozen process can sit on an open transaction before the server ends it. */
const IDLE_IN_TRANSACTION_MS = 5000;

/** The ORM's options, shared by the processes and the MikroORM command line. */
export function ormOptions(settings: DatabaseSettings): Options {
  return defineConfig({
    clientUrl: settings.databaseUrl,
    entities: [...entities],
    extensions: [Migrator],
    migrations: {
      path: `${import.meta.dirname}/migrations`,
      glob: '!(*.d).ts',
      emit: 'ts',
      silent: true,
      // Each in a transaction of its own; one that says so (`isTransactional`) in none.
      allOrNothing: false,
      snapshotName: '.snapshot-seatlane',
      // Only `migration:create` writes it: who migrates changes a database, never the sources.
      snapshotOnMigrate: false,
    },
    pool: { min: 0, max: settings.connectionsMax, idleTimeoutMillis: 30_000 },
    driverOptions: {
      Client: ReleasingClient,
      pipeline: true,
      application_name: settings.applicationName,
      connectionTimeoutMillis: 5000,
      lock_timeout: settings.lockTimeoutMs ?? LOCK_TIMEOUT_MS,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
      keepAlive: true,
      ...(settings.isByKeyOnly && { options: BY_KEY_ONLY }),
    },
  });
}

/**
 * Opens the ORM. No connection is made before the first query.
 * @returns the ORM; the caller closes it
 */
export async function openDatabase(settings: DatabaseSettings) {
  return MikroORM.init(ormOptions(settings));
}

export type Database = Awaited<ReturnType<typeof openDatabase>>;
