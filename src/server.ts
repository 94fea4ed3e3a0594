/** The HTTP server under the app: how it listens, what it bears with, and how it ends. */
import type { Server } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';

/** How many ports after a taken one are tried, where the port may move. */
const PORTS_TRIED = 50;
const CLOSE_IDLE_EVERY_MS = 50;
/** How long requests that are on their way when the process is told to stop are still taken. */
const LINGER_MS = 300;
/** A request has to arrive within this time; answering it may take longer. */
const SERVER_OPTIONS = {
  requestTimeout: 30_000,
  headersTimeout: 10_000,
  keepAliveTimeout: 65_000,
  maxHeaderSize: 16_384,
};

/**
 * Connections that may wait to be taken. A rush opens thousands in one moment; with Node's 511 the others'
 * first packets are dropped, and come again after a second. The system may allow fewer (somaxconn).
 */
const BACKLOG = 4096;

type Fetch = Parameters<typeof createAdaptorServer>[0]['fetch'];

/** Connections over which no request has come yet, as browsers keep them in reserve. To Node they are not idle. */
const unused = new WeakMap<Server, Set<Socket>>();

/** Begins to serve. @throws Error when the port is taken */
export function listenOn(port: number, fetch: Fetch): Promise<{ server: Server; port: number }> {
  return new Promise((resolve, reject) => {
    const server = createAdaptorServer({ fetch, serverOptions: SERVER_OPTIONS }) as Server;
    unused.set(server, watchUnused(server));
    server.once('error', reject);
    server.listen({ port, backlog: BACKLOG }, () => {
      resolve({ server, port: (server.address() as AddressInfo).port });
    });
  });
}

function watchUnused(server: Server): Set<Socket> {
  const sockets = new Set<Socket>();
  // One function for all, taken off with the first request: ten thousand connections stay open for hours.
  function forget(this: Socket): void {
    sockets.delete(this);
  }
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', forget);
  });
  server.on('request', ({ socket }) => {
    if (sockets.delete(socket)) socket.off('close', forget);
  });
  return sockets;
}

/** Only the embedded run may move: there the port is printed, elsewhere it is agreed on. */
export async function firstFreePort(port: number): Promise<number> {
  for (let tried = port; tried < port + PORTS_TRIED; tried += 1) {
    if (await isFree(tried)) return tried;
  }
  return port;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, () => probe.close(() => resolve(true)));
  });
}

/**
 * Lets requests finish, those under way and those that are just being sent on connections that clients
 * keep open: each answer now says that the connection ends with it. Who is idle then is cut off.
 */
export async function closeServer(server: Server): Promise<void> {
  server.prependListener('request', (_request, response) => {
    response.setHeader('Connection', 'close');
  });
  await new Promise((resolve) => setTimeout(resolve, LINGER_MS));
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const closeIdle = () => {
    server.closeIdleConnections();
    for (const socket of unused.get(server) ?? []) socket.destroy();
  };
  const closing = setInterval(closeIdle, CLOSE_IDLE_EVERY_MS);
  closeIdle();
  await closed;
  clearInterval(closing);
}
