/** The HTTP server: listening, timeouts, unreadable requests and graceful shutdown. */
import {
  createServer as createHttpServer,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { getRequestListener, RequestError } from '@hono/node-server';

/** How many ports the embedded run tries if the configured one is in use. */
const PORTS_TRIED = 50;
const CLOSE_IDLE_EVERY_MS = 50;
/** How long the server still accepts requests after it was told to stop, for requests already in transit, in ms. */
const LINGER_MS = 300;
/** How long a request may take to arrive, in ms; the response may take longer. */
export const TIMEOUTS = {
  requestTimeout: 30_000,
  headersTimeout: 10_000,
  /** How often Node checks these timeouts, and so how imprecise they are. */
  connectionsCheckingInterval: 1000,
};
const SERVER_OPTIONS = {
  keepAliveTimeout: 65_000,
  maxHeaderSize: 16_384,
  // The adapter checks the header instead, so that such requests get the same problem as other malformed ones.
  requireHostHeader: false,
};

/**
 * The listen backlog. A rush opens thousands of connections at once; with Node's default of 511, the SYN packets of the
 * rest are dropped and retransmitted after a second. The operating system may cap it (somaxconn).
 */
const BACKLOG = 4096;

type Fetch = Parameters<typeof getRequestListener>[0];

/** Why a request never reaches a route. */
export type UnreadableRequest = 'malformed' | 'tooSlow' | 'headersTooLarge';

export interface ListenOptions {
  /** Returns the response to a request that cannot be read. */
  refuse?: (reason: UnreadableRequest) => Response;
  timeouts?: typeof TIMEOUTS;
  /** The setting that names the port, for the sentence of PortUnusable. */
  setting?: 'PORT' | 'WORKER_PORT' | 'SANDBOX_PORT';
}

const refuseBriefly = () => new Response(null, { status: 400 });

/** Connections without any request yet, which browsers open in reserve. Node does not count them as idle. */
const unused = new WeakMap<Server, Set<Socket>>();

/** A port cannot be listened on. The message says what to do. */
export class PortUnusable extends Error {
  override readonly name = 'PortUnusable';
  /** @param cause what Node says: `EADDRINUSE`, `EACCES` or another code */
  constructor(port: number, setting: string, cause: NodeJS.ErrnoException) {
    super(sentenceOf(port, setting, cause), { cause });
  }
}

function sentenceOf(port: number, setting: string, { code, message }: NodeJS.ErrnoException) {
  if (code === 'EADDRINUSE') {
    return `Port ${port} is in use by another program. Set ${setting} to choose another port, or stop that program.`;
  }
  if (code === 'EACCES') {
    return `This user may not listen on port ${port}. Set ${setting} to a port above 1023, or give the user that right.`;
  }
  return `Port ${port} cannot be listened on: ${message}. Set ${setting} to choose another port.`;
}

/** Starts the server. @throws PortUnusable */
export function listenOn(
  port: number,
  fetch: Fetch,
  { refuse = refuseBriefly, timeouts = TIMEOUTS, setting = 'PORT' }: ListenOptions = {},
): Promise<{ server: Server; port: number }> {
  return new Promise((resolve, reject) => {
    const listener = getRequestListener(fetch, {
      errorHandler: (error) =>
        error instanceof RequestError ? refuse('malformed') : new Response(null, { status: 500 }),
    });
    const server = createHttpServer({ ...SERVER_OPTIONS, ...timeouts }, (request, response) => {
      // In HTTP/1.0 it may be missing (RFC 9112, section 3.2); probes of load balancers leave it out.
      if (request.httpVersion === '1.0') request.headers.host ??= 'localhost';
      return listener(request, response);
    });
    unused.set(server, watchUnused(server));
    refuseUnparsed(server, refuse);
    server.once('error', (error) => reject(new PortUnusable(port, setting, error)));
    server.listen({ port, backlog: BACKLOG }, () => {
      resolve({ server, port: (server.address() as AddressInfo).port });
    });
  });
}

function watchUnused(server: Server): Set<Socket> {
  const sockets = new Set<Socket>();
  // One shared listener, removed at the first request, because ten thousand connections stay open for hours.
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

/** Responds to requests that Node's parser rejects, unless a response on the connection is already in progress. */
function refuseUnparsed(server: Server, refuse: (reason: UnreadableRequest) => Response): void {
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
    // Destroy the socket, because after `end` it would stay open for as long as the client keeps it.
    socket.end(await toText(refusal), () => socket.destroy());
  });
}

/** Serializes a response that closes the connection. */
async function toText(response: Response): Promise<string> {
  const { status } = response;
  const body = await response.text();
  const headers = new Headers(response.headers);
  headers.set('Content-Length', String(Buffer.byteLength(body)));
  headers.set('Connection', 'close');
  const lines = [...headers].map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines, '', body].join('\r\n');
}

/** The first free port from `port` on. Only the embedded run uses it, which prints the port. */
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
 * Shuts the server down gracefully. Requests in flight finish, also those just being sent on keep-alive connections; each
 * response closes its connection. Idle connections are then closed.
 */
export async function closeServer(server: Server): Promise<void> {
  server.prependListener('request', (_request, response) => {
    response.setHeader('Connection', 'close');
  });
  await sleep(LINGER_MS);
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
