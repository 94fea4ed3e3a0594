/** A proxy in front of an API which breaks connections when a test wants it to. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface BreakingProxy {
  base: string;
  /**
   * Breaks the next connections when their response arrives: the API has processed the request, and the client does not get the
   * response.
   */
  dropAnswers(count: number): void;
  /** The number of responses that are still to be dropped. */
  readonly toDrop: number;
  /** Breaks every open connection. */
  cut(): void;
  /** Whether each new connection is broken at once; false at first. */
  isRefusing: boolean;
  stop(): Promise<void>;
}

export async function startBreakingProxy(api: string): Promise<BreakingProxy> {
  const { hostname, port } = new URL(api);
  const open = new Set<Socket>();
  let toDrop = 0;
  const server = createServer((client) => {
    if (proxy.isRefusing) return client.destroy();
    const upstream = connect(Number(port), hostname);
    const end = () => {
      client.destroy();
      upstream.destroy();
      open.delete(client);
    };
    open.add(client);
    for (const socket of [client, upstream]) socket.on('error', end).on('close', end);
    client.pipe(upstream);
    upstream.on('data', (answer) => {
      if (toDrop === 0) return client.write(answer);
      toDrop -= 1;
      end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    for (const socket of open) socket.destroy();
  };
  const proxy: BreakingProxy = {
    base: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    dropAnswers(count) {
      toDrop = count;
    },
    get toDrop() {
      return toDrop;
    },
    cut,
    isRefusing: false,
    async stop() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}
