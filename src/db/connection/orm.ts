/** Connects MikroORM to PostgreSQL. Only entry points, scripts and tests open it. */
import type { Duplex } from 'node:stream';
import { Migrator } from '@mikro-orm/migrations';
import { defineConfig, MikroORM, type Options } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { Client, type PoolClient, types } from 'pg';
import { coalesceWrites } from '../../runtime/coalesce-writes.ts';
import { entities } from '../entities/index.ts';
import { db, statement } from '../statement.ts';
import { parseTime } from './parse-time.ts';
import { rowsOf } from './pipeline.ts';

export interface DatabaseSettings {
  databaseUrl: string;
  /** Size of the connection pool. It bounds concurrent requests and batches, which use one connection each. */
  connectionsMax: number;
  /** Shown in pg_stat_activity, so that operators can identify the connection. */
  applicationName: string;
  /**
   * All statements look rows up by key. A prepared plan is cached for long, so a plan made while a table was empty would
   * scan the whole table later. Custom plans are disabled too: PostgreSQL assumes ten elements for an unknown array, so
   * planning for the actual array always looks cheaper to the planner.
   */
  isByKeyOnly?: boolean;
  /** How long a statement waits for a lock, in ms. Default: 3 s. */
  lockTimeoutMs?: number;
  /**
   * The timeout of a statement, in ms. If the server does not cancel it in time, the connection is closed, so that a dead
   * connection delays only one request. Default: no timeout.
   */
  statementTimeoutMs?: number | undefined;
}

/** How long a statement waits for a row lock before its batch is retried. */
const LOCK_TIMEOUT_MS = 3000;
const BY_KEY_ONLY = [
  // A hash or merge join of a few rows with a table reads the whole table, or a whole index of it.
  ...['enable_seqscan=off', 'enable_hashjoin=off', 'enable_mergejoin=off'],
  ...['jit=off', 'plan_cache_mode=force_generic_plan'],
]
  .map((setting) => `-c ${setting}`)
  .join(' ');
/** How long a transaction of a frozen process may stay idle before PostgreSQL ends it. */
const IDLE_IN_TRANSACTION_MS = 5000;

/** How long a request waits for a connection from the pool. */
const CONNECT_MS = 1500;
/** Additional time for the server's own timeout error to arrive. */
const REPLY_MS = 250;
/** The idle time after which TCP probes the server. */
const KEEP_ALIVE_MS = 5000;

/** The ORM's options, shared by the processes and the MikroORM command line. */
export function ormOptions(settings: DatabaseSettings): Options {
  return defineConfig({
    clientUrl: settings.databaseUrl,
    entities: [...entities],
    extensions: [Migrator],
    // By default the ORM creates a missing database: with a misspelled DATABASE_URL a process would run on an empty one.
    ensureDatabase: false,
    migrations: {
      path: `${import.meta.dirname}/../migrations`,
      glob: '!(*.d).ts',
      emit: 'ts',
      silent: true,
      // Each migration runs in a separate transaction, or in none with `isTransactional`.
      allOrNothing: false,
      snapshotName: '.snapshot-seatlane',
      // Only `migration:create` writes the snapshot; running migrations must not change source files.
      snapshotOnMigrate: false,
    },
    pool: { min: 0, max: settings.connectionsMax, idleTimeoutMillis: 30_000 },
    driverOptions: {
      // Use the pinned version rather than the ORM's dependency.
      Client,
      // From `clientUrl` the ORM takes host, user and name, but not how the connection is encrypted.
      connectionString: settings.databaseUrl,
      onConnect: setUp,
      pipeline: true,
      application_name: settings.applicationName,
      connectionTimeoutMillis: settings.statementTimeoutMs === undefined ? 5000 : CONNECT_MS,
      lock_timeout: settings.lockTimeoutMs ?? LOCK_TIMEOUT_MS,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
      ...(settings.statementTimeoutMs !== undefined && {
        statement_timeout: settings.statementTimeoutMs,
        query_timeout: settings.statementTimeoutMs + REPLY_MS,
      }),
      ...(settings.isByKeyOnly && { options: BY_KEY_ONLY }),
    },
  });
}

/**
 * Opens the ORM. It may connect immediately, but also succeeds while PostgreSQL cannot be reached.
 * @returns the ORM; the caller closes it
 */
export async function openDatabase(settings: DatabaseSettings) {
  return MikroORM.init(ormOptions(settings));
}

export type Database = Awaited<ReturnType<typeof openDatabase>>;

/** The part of `pg`'s client that its types omit. */
interface Wired {
  connection: { stream: Duplex };
}

/**
 * Makes a new connection parse values as the entities declare them: `bigint` as a number, which is exact for all stored
 * values, and times as dates with millisecond precision.
 */
function setUp(client: PoolClient): void {
  client.setTypeParser(types.builtins.INT8, Number);
  client.setTypeParser(types.builtins.TIMESTAMPTZ, parseTime);
  coalesceWrites((client as unknown as Wired).connection.stream);
}

/** Changes no row, but fails on a server that is read-only. */
const changeNothing = statement('change nothing', () =>
  db
    .updateTable('lane')
    .set((lane) => ({ epoch: lane.ref('epoch') }))
    .where(sql.lit(false)),
);

/**
 * Checks that PostgreSQL accepts writes. A standby or a read-only server only serves reads.
 * @throws Error when it does not accept writes or cannot be reached
 */
export async function checkDatabase(orm: Database): Promise<void> {
  await rowsOf(orm, changeNothing({}));
}
