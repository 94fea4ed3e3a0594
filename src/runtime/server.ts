/** The HTTP server under the app: how it listens, what it bears with, and how it ends. */
import {
  createServer as createHttpServer,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { getRequestListener, RequestError } from '@hono/node-server';

/** How many ports after a taken one are tried, where the port may move. */
const PORTS_TRIED = 50;
const CLOSE_IDLE_EVERY_MS = 50;
/** How long requests that are on their way when the process is told to stop are still taken. */
const LINGER_MS = 300;
/** How long a request may take to arrive, in ms; answering it may take longer. */
export const TIMEOUTS = {
  requestTimeout: 30_000,
  headersTimeout: 10_000,
  /** How often Node looks for requests that are too slow: by so much they may be slower. */
  connectionsCheckingInterval: 1000,
};
const SERVER_OPTIONS = {
  keepAliveTimeout: 65_000,
  maxHeaderSize: 16_384,
  // Left to the adapter, which has such requests answered like others that it cannot read.
  requireHostHeader: false,
};

/**
 * Connections that may wait to be taken. A rush opens thousands in one moment; with Node's 511 the others'
 * first packets are dropped, and come again after a second. The system may allow fewer (somaxconn).
 */
const BACKLOG = 4096;

type Fetch = Parameters<typeof getRequestListener>[0];

/** Why a request never gets to a route. */
export type UnreadableRequest = 'malformed' | 'tooSlow' | 'headersTooLarge';

export interface ListenOptions {
  /** Answers requests that cannot be read. */
  refuse?: (why: UnreadableRequest) => Response;
  timeouts?: typeof TIMEOUTS;
}

const refuseBriefly = () => new Response(null, { status: 400 });

/** Connections over which no request has come yet, as browsers keep them in reserve. To Node they are not idle. */
const unused = new WeakMap<Server, Set<Socket>>();

/** Begins to serve. @throws Error when the port is taken */
export function listenOn(
  port: number,
  fetch: Fetch,
  { refuse = refuseBriefly, timeouts = TIMEOUTS }: ListenOptions = {},
): Promise<{ server: Server; port: number }> {
  return new Promise((resolve, reject) => {
    const listener = getRequestListener(fetch, {
      errorHandler: (error) =>
        error instanceof RequestError ? refuse('malformed') : new Response(null, { status: 500 }),
    });
    const server = createHttpServer({ ...SERVER_OPTIONS, ...timeouts }, listener);
    unused.set(server, watchUnused(server));
    refuseUnparsed(server, refuse);
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

const REASONS: Record<string, UnreadableRequest> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'tooSlow',
  HPE_HEADER_OVERFLOW: 'headersTooLarge',
};

/** Answers what Node's parser gives up, unless an answer is on its way over the connection already. */
function refuseUnparsed(server: Server, refuse: (why: UnreadableRequest) => Response): void {
  const responses = new WeakMap<object, ServerResponse>();
  server.on('request', ({ socket }, response) => responses.set(socket, response));
  server.on('clientError', async (error: NodeJS.ErrnoException, socket) => {
    const response = responses.get(socket);
    const isAnswering = response?.headersSent === true && !response.writableFinished;
    if (!socket.writable || isAnswering) {
      socket.destroy(error);
      return;
    }
    const refusal = refuse(REASONS[error.code ?? ''] ?? 'malformed');
    // Ended only, the connection would stay for as long as the client keeps it.
    socket.end(await toText(refusal), () => socket.destroy());
  });
}

/** An answer as it goes over the wire, after which the connection ends. */
async function toText(response: Response): Promise<string> {
  const { status } = response;
  const body = await response.text();
  const headers = new Headers(response.headers);
  headers.set('Content-Length', String(Buffer.byteLength(body)));
  headers.set('Connection', 'close');
  const lines = [...headers].map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines, '', body].join('\r\n');
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
