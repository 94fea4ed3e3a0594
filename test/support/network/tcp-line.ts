/** A TCP proxy between a process and a service. Tests make it lose, cut, refuse or delay data. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/**
 * `pass`: bytes go through. `hold`: bytes are swallowed both ways and no connection is closed, as when packets are
 * lost. `refuse`: new connections are reset.
 */
type Mode = 'pass' | 'hold' | 'refuse';

export interface TcpLine {
  /** The service's address with the port of the proxy. */
  readonly url: string;
  /** New connections work. Connections that lost bytes stay silent, so their peers must close them. */
  pass(): void;
  /** Drops all data on open and new connections. */
  hold(): void;
  /** Drops all data on open connections; new ones work. */
  holdOpen(): void;
  /** Resets the open connections. */
  cut(): void;
  /** Resets the open connections and every new one. */
  refuse(): void;
  /** Waits for the next data that contains this text, and resets its connection when the reply arrives. */
  loseReplyTo(text: string): void;
  /** Delays every piece of data, both ways, by `ms`. */
  slow(ms: number): void;
  /** Connects new connections to another service; open ones do not change. */
  leadTo(url: string): void;
  stop(): Promise<void>;
}

interface Pair {
  client: Socket;
  upstream: Socket;
  isHeld: boolean;
}

/** Opens a proxy to the service at `url`, a PostgreSQL or Redis address. */
export async function openTcpLine(url: string): Promise<TcpLine> {
  const pairs = new Set<Pair>();
  let target = new URL(url);
  let mode: Mode = 'pass';
  let delayMs = 0;
  let losing: string | undefined;

  const server = createServer((client) => {
    if (mode === 'refuse') return client.resetAndDestroy();
    const upstream = connect(Number(target.port), target.hostname);
    const pair: Pair = { client, upstream, isHeld: mode === 'hold' };
    pairs.add(pair);
    const end = () => {
      // A peer whose packets are lost does not notice that the other peer has closed.
      if (pair.isHeld) return;
      pairs.delete(pair);
      client.destroy();
      upstream.destroy();
    };
    let isReplyLost = false;
    const forward = (from: Socket, to: Socket) => {
      from.on('error', end).on('close', end);
      from.on('data', (data) => {
        if (pair.isHeld) return;
        if (isReplyLost && to === client) return end();
        if (losing !== undefined && to === upstream && data.includes(losing)) {
          isReplyLost = true;
          losing = undefined;
        }
        if (delayMs === 0) to.write(data);
        else setTimeout(() => !pair.isHeld && to.write(data), delayMs);
      });
    };
    forward(client, upstream);
    forward(upstream, client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const line = new URL(url);
  line.hostname = '127.0.0.1';
  line.port = String((server.address() as { port: number }).port);
  const cut = () => {
    for (const { client, upstream } of pairs) {
      client.resetAndDestroy();
      upstream.destroy();
    }
    pairs.clear();
  };
  const holdOpen = () => {
    for (const pair of pairs) pair.isHeld = true;
  };
  return {
    url: line.href,
    pass() {
      mode = 'pass';
      delayMs = 0;
    },
    hold() {
      mode = 'hold';
      holdOpen();
    },
    holdOpen,
    cut,
    refuse() {
      mode = 'refuse';
      cut();
    },
    loseReplyTo(text) {
      losing = text;
    },
    slow(ms) {
      delayMs = ms;
    },
    leadTo(other) {
      target = new URL(other);
    },
    async stop() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
