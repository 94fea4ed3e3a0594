/**
 * Finds connections on which packets are lost. TCP itself takes a quarter of an hour to give such a connection up, and a
 * limit for every statement would end a draw or a migration that lawfully takes long. So where a statement has had no
 * reply for a while, another connection asks the server whether a server process still works on it.
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
  /** When it was last heard from, on the clock of `performance`, in ms. */
  since: number;
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
      const busy = await this.#busyBackends(silent);
      for (const each of silent) if (!busy.has(each.client.processID)) this.#closeIfSilent(each);
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
      return isWaiting && since < before
        ? [{ client, bytesRead, query: client._activeQuery, since }]
        : [];
    });
  }

  /**
   * The process ids of the server processes that may still be working for these connections. Any other one waits for a
   * statement, or has ended: the request or the reply is lost.
   */
  async #busyBackends(silent: readonly Silent[]): Promise<Set<number>> {
    const pids = silent.map(({ client }) => client.processID);
    const silentMs = silent.map(({ since }) => performance.now() - since);
    const client = new Client({
      connectionString: this.#databaseUrl,
      application_name: 'seatlane-watch',
      connectionTimeoutMillis: ASK_TIMEOUT_MS,
      query_timeout: ASK_TIMEOUT_MS,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      // A process that started during the silence has the id of one that has ended.
      const { rows } = await client.query<{ pid: number; me: number; is_busy: boolean }>(
        `select pid, pg_backend_pid() as me, (wait_event_type is distinct from 'Client'
             or state_change > clock_timestamp() - $3 * interval '1 ms')
             and backend_start < clock_timestamp() - silent_ms * interval '1 ms' as is_busy
         from unnest($1::int[], $2::float8[]) as silent(pid, silent_ms)
         left join pg_stat_activity using (pid)`,
        [pids, silentMs, ASK_TIMEOUT_MS],
      );
      // A pooler has process ids of its own, so nothing is known about the server processes behind it.
      const isDirect = rows[0]?.me === (client as unknown as Watched).processID;
      const busy = rows.filter(({ is_busy }) => is_busy || !isDirect);
      return new Set(busy.map(({ pid }) => pid));
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
      'A connection to PostgreSQL waited for a reply, but its server process was idle or had ended: packets are lost. The connection was closed.',
    );
    client.connection.stream.destroy(new Error('Connection terminated: its packets are lost.'));
  }
}
