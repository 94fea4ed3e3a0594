/**
 * Finds connections on which packets are lost. TCP itself takes a quarter of an hour to give such a connection up, and a
 * limit for every statement would end a draw or a migration that lawfully takes long. So where a statement has had no
 * reply for a while, another connection asks the server whether it is still at work for it.
 */
import { Client, type Pool } from 'pg';
import type { Logger } from 'pino';

const LOOK_EVERY_MS = 1000;
/** How long a connection that waits for a reply may be silent before the server is asked. */
const SILENT_MS = 3000;
const ASK_TIMEOUT_MS = 2000;

/** The parts of `pg`'s client that its types do not show. */
interface Watched {
  processID: number;
  connection: { stream: { bytesRead: number; destroy(error: Error): void } };
  _activeQuery: unknown;
}

/** A connection that waits for the reply to a statement, as it was when it was found. */
interface Silent {
  client: Watched;
  bytesRead: number;
  query: unknown;
}

interface Heard {
  bytesRead: number;
  /** On the clock of `performance`, in ms. */
  since: number;
}

export class SilentLines {
  readonly #databaseUrl: string;
  readonly #log: Logger;
  readonly #clients = new Map<Watched, Heard>();
  readonly #timer: NodeJS.Timeout;
  #isLooking = false;

  /** Watches the pool's connections until it is stopped. */
  constructor(pool: Pool, { databaseUrl, log }: { databaseUrl: string; log: Logger }) {
    this.#databaseUrl = databaseUrl;
    this.#log = log;
    // Not `connect`: the first connection may be there already.
    pool.on('acquire', (client) => this.#hear(client as unknown as Watched));
    pool.on('remove', (client) => this.#clients.delete(client as unknown as Watched));
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #hear(client: Watched): void {
    const { bytesRead } = client.connection.stream;
    this.#clients.set(client, { bytesRead, since: performance.now() });
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    const silent = this.#silent();
    if (silent.length === 0) return;
    this.#isLooking = true;
    try {
      const idle = await this.#idleBackends(silent.map(({ client }) => client.processID));
      for (const each of silent) if (idle.has(each.client.processID)) this.#closeIfSilent(each);
    } catch {
      // PostgreSQL is away altogether: the replies may still come.
    } finally {
      this.#isLooking = false;
    }
  }

  /** Connections that have waited for a reply for SILENT_MS. */
  #silent(): Silent[] {
    const before = performance.now() - SILENT_MS;
    return [...this.#clients.entries()].flatMap(([client, { bytesRead, since }]) => {
      const isWaiting = Boolean(client._activeQuery);
      if (!isWaiting || client.connection.stream.bytesRead !== bytesRead) this.#hear(client);
      return isWaiting && since < before ? [{ client, bytesRead, query: client._activeQuery }] : [];
    });
  }

  /** Those of these backends that wait for a statement: what was sent to them, or what they answered, is lost. */
  async #idleBackends(pids: readonly number[]): Promise<Set<number>> {
    const client = new Client({
      connectionString: this.#databaseUrl,
      application_name: 'seatlane-watch',
      connectionTimeoutMillis: ASK_TIMEOUT_MS,
      query_timeout: ASK_TIMEOUT_MS,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query<{ pid: number }>(
        `select pid from pg_stat_activity
         where pid = any($1) and datname = current_database() and usename = current_user
           and state like 'idle%' and state_change < clock_timestamp() - $2 * interval '1 ms'`,
        [pids, ASK_TIMEOUT_MS],
      );
      return new Set(rows.map(({ pid }) => pid));
    } finally {
      client.end().catch(() => undefined);
    }
  }

  /** The reply may have been read meanwhile, where this process itself was frozen. */
  #closeIfSilent({ client, bytesRead, query }: Silent): void {
    const { stream } = client.connection;
    if (client._activeQuery !== query || stream.bytesRead !== bytesRead) return;
    this.#log.warn(
      { pid: client.processID },
      'A connection to PostgreSQL waited for a reply while its server process was idle: packets are lost. It was closed.',
    );
    client.connection.stream.destroy(new Error('Connection terminated: its packets are lost.'));
  }
}
