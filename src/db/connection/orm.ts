/** Connects MikroORM to PostgreSQL. Entry points, scripts and tests open it; nobody else does. */
import type { Duplex } from 'node:stream';
import { Migrator } from '@mikro-orm/migrations';
import { defineConfig, MikroORM, type Options } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { Client, type PoolClient, types } from 'pg';
import { coalesceWrites } from '../../runtime/coalesce-writes.ts';
import { entities } from '../entities/index.ts';
import { db, statement } from '../statement.ts';
import { rowsOf } from './pipeline.ts';

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
  /**
   * How long a statement may take. Where the server does not end it by then, the connection is closed, so that one whose
   * packets are lost holds up a single request. Without it a statement may take as long as it needs.
   */
  statementTimeoutMs?: number | undefined;
}

/** How long a statement waits for a row lock before its batch is tried again (design.md, layer 2). */
const LOCK_TIMEOUT_MS = 3000;
const BY_KEY_ONLY = '-c enable_seqscan=off -c jit=off -c plan_cache_mode=force_generic_plan';
/** How long a frozen process can sit on an open transaction before the server ends it. */
const IDLE_IN_TRANSACTION_MS = 5000;

/** How long a request waits for a connection of the pool, new or in use. */
const CONNECT_MS = 1500;
/** Extra time for the server's own timeout error to arrive. */
const REPLY_MS = 250;
/** The idle time after which TCP probes the server. */
const KEEP_ALIVE_MS = 5000;

/** The ORM's options, shared by the processes and the MikroORM command line. */
export function ormOptions(settings: DatabaseSettings): Options {
  return defineConfig({
    clientUrl: settings.databaseUrl,
    entities: [...entities],
    extensions: [Migrator],
    migrations: {
      path: `${import.meta.dirname}/../migrations`,
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
      // The version that we pin, not the one that the ORM brings.
      Client,
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
 * Opens the ORM. It may make its first connection at once, and succeeds while PostgreSQL cannot be reached.
 * @returns the ORM; the caller closes it
 */
export async function openDatabase(settings: DatabaseSettings) {
  return MikroORM.init(ormOptions(settings));
}

export type Database = Awaited<ReturnType<typeof openDatabase>>;

/** The part of `pg`'s client that its types do not show. */
interface Wired {
  connection: { stream: Duplex };
}

/**
 * Makes a new connection give what the entities' types promise: `bigint` as a number, which is exact for all that we
 * keep, and times as dates to the millisecond.
 */
function setUp(client: PoolClient): void {
  client.setTypeParser(types.builtins.INT8, Number);
  client.setTypeParser(types.builtins.TIMESTAMPTZ, types.getTypeParser(types.builtins.TIMESTAMPTZ));
  coalesceWrites((client as unknown as Wired).connection.stream);
}

/** It changes no row, but a server that takes no writes refuses it. */
const changeNothing = statement('change nothing', () =>
  db
    .updateTable('lane')
    .set((lane) => ({ epoch: lane.ref('epoch') }))
    .where(sql.lit(false)),
);

/**
 * Asks whether PostgreSQL takes writes: a standby, or a server that is set to read-only, still answers reads.
 * @throws Error where it does not, or cannot be reached
 */
export async function checkDatabase(orm: Database): Promise<void> {
  await rowsOf(orm, changeNothing({}));
}
