/** A service behind TLS, with a certificate that no authority has signed. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join, resolve } from 'node:path';
import { TLSSocket } from 'node:tls';

const FOLDER = resolve(import.meta.dirname, '../../fixtures/tls');

/** The certificate of `localhost`, which is its own authority. */
export const CERTIFICATE = join(FOLDER, 'certificate.pem');
const cert = readFileSync(CERTIFICATE);
const key = readFileSync(join(FOLDER, 'key.pem'));

export interface TlsFront {
  /** The service's address with the name `localhost` and the port of the front. */
  readonly url: string;
  /** How many connections were encrypted, and how many clients began without encryption. */
  readonly counts: { encrypted: number; plain: number };
  stop(): Promise<void>;
}

/** What a client of PostgreSQL sends before the TLS handshake, and what the server replies. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
const ACCEPTED = 'S';

/** Opens a front for the service at `url`, a PostgreSQL or Redis address. */
export async function openTlsFront(url: string): Promise<TlsFront> {
  const target = new URL(url);
  const open = new Set<Socket>();
  const counts = { encrypted: 0, plain: 0 };

  const encrypt = (socket: Socket) => {
    const client = new TLSSocket(socket, { isServer: true, cert, key });
    const upstream = connect(Number(target.port), target.hostname);
    const end = () => {
      client.destroy();
      upstream.destroy();
    };
    for (const each of [client, upstream]) each.on('error', end).on('close', end);
    client.on('secure', () => {
      counts.encrypted += 1;
    });
    client.pipe(upstream).pipe(client);
  };
  const server = createServer(async (socket) => {
    open.add(socket);
    socket.on('error', () => socket.destroy());
    if (target.protocol === 'redis:') return encrypt(socket);
    const [first] = await once(socket, 'data');
    if (!SSL_REQUEST.equals(first)) {
      counts.plain += 1;
      return socket.destroy();
    }
    socket.pause();
    encrypt(socket);
    socket.write(ACCEPTED);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const front = new URL(url);
  front.hostname = 'localhost';
  front.port = String((server.address() as { port: number }).port);
  return {
    url: front.href,
    counts,
    async stop() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
