/** A receiver of the sandbox's events: it verifies and records them, and answers as the test defines. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isSandboxEventSigned } from '../../../src/http/payments/sandbox-signature.ts';

export interface SandboxEvent {
  id: string;
  type: 'checkout.paid' | 'checkout.failed' | 'checkout.expired';
  key: string;
  checkoutId: number;
  ref: string;
  amount: number;
  currency: string;
  at: string;
}

export interface EventReceiver {
  url: string;
  port: number;
  /** Each try, in the order of arrival. */
  tries: SandboxEvent[];
  /** The tries without a valid signature. */
  unsigned: number;
  /** The status of the n-th try overall, from 1. */
  statusOf(number: number): number;
  stop(): void;
}

/** @param port 0 for any free one */
export async function receiveEvents(secret: string, port = 0): Promise<EventReceiver> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      const header = request.headers['sandbox-signature'];
      if (!isSandboxEventSigned(body, String(header), secret, Date.now())) receiver.unsigned += 1;
      receiver.tries.push(JSON.parse(body));
      response.writeHead(receiver.statusOf(receiver.tries.length)).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const listened = (server.address() as AddressInfo).port;
  const receiver: EventReceiver = {
    url: `http://127.0.0.1:${listened}/payments/sandbox/events`,
    port: listened,
    tries: [],
    unsigned: 0,
    statusOf: () => 200,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
  return receiver;
}
