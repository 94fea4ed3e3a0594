/**
 * Detects dead connections, on which packets are lost. TCP takes about 15 minutes to close such a connection, and a
 * timeout for all statements would cancel a slow draw or migration. So when a statement has had no response for a while,
 * another connection checks whether its PostgreSQL backend still works on it.
 */
import { Client, type Pool } from 'pg';
import type { Logger } from 'pino';

const LOOK_EVERY_MS = 1000;
/** How long a connection may wait for a response before its backend is checked. */
const SILENT_MS = 3000;
const ASK_TIMEOUT_MS = 2000;

/** The parts of `pg`'s client that its types omit. */
interface Watched {
  processID: number;
  connection: { stream: { bytesRead: number; destroy(error: Error): void } };
  _activeQuery: unknown;
}

/** A connection that waits for a response, as it was when it was first seen. */
interface Silent {
  client: Watched;
  bytesRead: number;
  query: unknown;
  /** When data last arrived, in ms by the monotonic clock. */
  since: number;
}

interface Heard {
  bytesRead: number;
  /** In ms by the monotonic clock. */
  since: number;
}

export class DeadConnections {
  readonly #databaseUrl: string;
  readonly #log: Logger;
  readonly #clients = new Map<Watched, Heard>();
  readonly #timer: NodeJS.Timeout;
  #isLooking = false;

  /** Watches the connections of the pool until `stop` is called. */
  constructor(pool: Pool, { databaseUrl, log }: { databaseUrl: string; log: Logger }) {
    this.#databaseUrl = databaseUrl;
    this.#log = log;
    // Not `connect`, because the first connection may exist already.
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
      // PostgreSQL cannot be reached at all, so the responses may still arrive.
    } finally {
      this.#isLooking = false;
    }
  }

  /** Connections that have waited for a response for SILENT_MS. */
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
   * The process ids of the backends that may still be working for these connections. Any other backend is idle or has
   * ended, so the request or the response is lost.
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
      // A backend that started later has reused the id of one that has ended.
      const { rows } = await client.query<{ pid: number; me: number; is_busy: boolean }>(
        `select pid, pg_backend_pid() as me, (wait_event_type is distinct from 'Client'
             or state_change > clock_timestamp() - $3 * interval '1 ms')
             and backend_start < clock_timestamp() - silent_ms * interval '1 ms' as is_busy
         from unnest($1::int[], $2::float8[]) as silent(pid, silent_ms)
         left join pg_stat_activity using (pid)`,
        [pids, silentMs, ASK_TIMEOUT_MS],
      );
      // Behind a pooler the process ids differ, so the backends cannot be identified.
      const isDirect = rows[0]?.me === (client as unknown as Watched).processID;
      const busy = rows.filter(({ is_busy }) => is_busy || !isDirect);
      return new Set(busy.map(({ pid }) => pid));
    } finally {
      client.end().catch(() => undefined);
    }
  }

  /** The response may have arrived meanwhile, if this process itself was frozen. */
  #closeIfSilent({ client, bytesRead, query }: Silent): void {
    const { stream } = client.connection;
    if (client._activeQuery !== query || stream.bytesRead !== bytesRead) return;
    this.#log.warn(
      { pid: client.processID },
      'A connection to PostgreSQL waited for a response, but its backend was idle or had ended, so packets were lost. The connection was closed.',
    );
    client.connection.stream.destroy(new Error('Connection terminated: its packets are lost.'));
  }
}
