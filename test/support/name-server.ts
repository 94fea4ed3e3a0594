/** A DNS server on the loopback interface. The test defines its responses. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

const HEADER_BYTES = 12;
const A = 1;
const ANSWERED = 0x8180;
const NOT_FOUND = 0x8183;

export interface NameServer {
  /** As `ADDRESS:PORT`. */
  address: string;
  /** The names in the order of the queries. */
  asked: string[];
  stop(): void;
}

/** The response for a name: an IPv4 address, "no such name", or no response. */
export type NameAnswer = string | 'not found' | 'no reply';

/** Starts a name server that has IPv4 addresses only. */
export async function startNameServer(answerTo: (name: string) => NameAnswer): Promise<NameServer> {
  const asked: string[] = [];
  const socket = createSocket('udp4', (query, { port, address }) => {
    const { name, end } = nameIn(query);
    asked.push(name);
    const answer = answerTo(name);
    if (answer === 'no reply') return;
    const isFound = answer !== 'not found' && query.readUInt16BE(end) === A;
    const head = Buffer.from(query.subarray(0, HEADER_BYTES));
    head.writeUInt16BE(answer === 'not found' ? NOT_FOUND : ANSWERED, 2);
    for (const [count, at] of [
      [1, 4],
      [isFound ? 1 : 0, 6],
      [0, 8],
      [0, 10],
    ] as const) {
      head.writeUInt16BE(count, at);
    }
    // The name of the question, A, IN, kept for 0 s, four bytes.
    const record = isFound
      ? [0xc0, 12, 0, A, 0, 1, 0, 0, 0, 0, 0, 4, ...answer.split('.').map(Number)]
      : [];
    const question = query.subarray(HEADER_BYTES, end + 4);
    socket.send(Buffer.concat([head, question, Buffer.from(record)]), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address() as AddressInfo;
  return { address: `127.0.0.1:${port}`, asked, stop: () => socket.close() };
}

/** The name in a query, and the offset of its type. */
function nameIn(query: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 };
}
