/** A TCP proxy in front of a server that counts round trips, bytes and statements. */

import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

export interface Passed {
  /** How often a client has sent data after the server had. */
  roundTrips: number;
  bytes: number;
  /** As counted by the `count` function, for example `countStatements`. */
  statements: number;
}

/** Counts statements in the data that the client of a connection sends, chunk by chunk. */
type Count = (chunk: Buffer) => number;

export class Wire {
  readonly passed: Passed = { roundTrips: 0, bytes: 0, statements: 0 };
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(target: URL, newCount: () => Count) {
    this.#server = createServer({ noDelay: true }, (client) => {
      const server = connect({ host: target.hostname, port: Number(target.port), noDelay: true });
      const count = newCount();
      let wasServerLast = true;
      client.on('data', (chunk) => {
        if (wasServerLast) this.passed.roundTrips += 1;
        wasServerLast = false;
        this.passed.bytes += chunk.length;
        this.passed.statements += count(chunk);
        server.write(chunk);
      });
      server.on('data', (chunk) => {
        wasServerLast = true;
        this.passed.bytes += chunk.length;
        client.write(chunk);
      });
      for (const [one, other] of [
        [client, server],
        [server, client],
      ] as const) {
        this.#sockets.add(one);
        one.on('error', () => other.destroy());
        one.on('close', () => {
          this.#sockets.delete(one);
          other.destroy();
        });
      }
    });
  }

  /** @returns the proxy, and the URL of the server through it */
  static async open(url: string, newCount: () => Count = () => () => 0): Promise<[Wire, string]> {
    const wire = new Wire(new URL(url), newCount);
    wire.#server.listen(0, '127.0.0.1');
    await once(wire.#server, 'listening');
    const through = new URL(url);
    through.port = String((wire.#server.address() as { port: number }).port);
    return [wire, through.href];
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}

const EXECUTE = 'E'.charCodeAt(0);
const SIMPLE_QUERY = 'Q'.charCodeAt(0);
const LENGTH_BYTES = 4;

/**
 * Counts the statements that a PostgreSQL client sends. A message consists of a letter, its length and its body; only
 * the first message of a connection has no letter (PostgreSQL's documentation, 54.7 "Message Formats").
 */
export function countStatements(): Count {
  let rest = Buffer.alloc(0);
  let letterBytes = 0;
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    let statements = 0;
    while (rest.length >= letterBytes + LENGTH_BYTES) {
      const end = letterBytes + rest.readUInt32BE(letterBytes);
      if (rest.length < end) break;
      const isStatement = letterBytes > 0 && (rest[0] === EXECUTE || rest[0] === SIMPLE_QUERY);
      if (isStatement) statements += 1;
      rest = rest.subarray(end);
      letterBytes = 1;
    }
    return statements;
  };
}
