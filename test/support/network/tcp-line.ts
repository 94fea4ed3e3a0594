/** A TCP proxy between a process and a service, which loses, cuts, refuses or delays what a test tells it to. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/**
 * `pass`: bytes go through. `hold`: bytes are swallowed both ways and no connection is closed, as when packets are
 * lost. `refuse`: new connections are reset.
 */
type Mode = 'pass' | 'hold' | 'refuse';

export interface TcpLine {
  /** The service's address with the line's port in it. */
  readonly url: string;
  /** New connections work. Those that lost bytes stay silent for good: their peers have to give them up. */
  pass(): void;
  /** Swallows everything, on open connections and on new ones. */
  hold(): void;
  /** Swallows everything on the connections that are open; new ones work. */
  holdOpen(): void;
  /** Resets the open connections. */
  cut(): void;
  /** Resets the open connections and every new one. */
  refuse(): void;
  /** Resets the connection over which a piece with this text in it is sent next, when the reply to it arrives. */
  loseReplyTo(text: string): void;
  /** Delays every piece of data, both ways, by `ms`. */
  slow(ms: number): void;
  /** Leads new connections to another service; open ones stay where they are. */
  leadTo(url: string): void;
  stop(): Promise<void>;
}

interface Pair {
  client: Socket;
  upstream: Socket;
  isHeld: boolean;
}

/** Opens a line to the service at `url`, a PostgreSQL or Redis address. */
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
      // A peer whose packets are lost does not hear that the other one has gone.
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
