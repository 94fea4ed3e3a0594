/** A receiver of webhook messages: it records requests, and responds as the test defines. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  path: string | undefined;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface Receiver {
  port: number;
  url: string;
  received: Received[];
  /** The number of connections so far, also of those without a request. */
  connections: number;
  /** The status for the n-th try of a message, from 1; the status 0 means no response. */
  statusOf: (tries: number) => number;
  triesOf(messageId: unknown): number;
  stop(): void;
}

export const taken = () => 204;

/** Starts a receiver that accepts every message. */
export async function startReceiver(): Promise<Receiver> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      const { url: path, headers } = request;
      receiver.received.push({ path, headers, body });
      const status = receiver.statusOf(receiver.triesOf(headers['webhook-id']));
      if (status !== 0) response.writeHead(status, { Location: '/elsewhere' }).end();
    });
  });
  server.on('connection', () => {
    receiver.connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const receiver: Receiver = {
    port,
    url: `http://127.0.0.1:${port}/hook`,
    received: [],
    connections: 0,
    statusOf: taken,
    triesOf: (id) => receiver.received.filter(({ headers }) => headers['webhook-id'] === id).length,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
  return receiver;
}
