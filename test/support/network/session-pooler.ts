/** A pooler in transaction mode: several clients of PostgreSQL share one session, statement by statement. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { Client } from 'pg';

export interface SessionPooler {
  /** The address of PostgreSQL with the port of the pooler. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Takes a message of PostgreSQL's wire protocol. @param type its first byte */
type OnMessage = (type: string, message: Buffer) => void;

/** The messages `AuthenticationOk` and `ReadyForQuery` by which a server accepts a client. */
const ACCEPTED = Buffer.from([...[0x52, 0, 0, 0, 8, 0, 0, 0, 0], ...[0x5a, 0, 0, 0, 5, 0x49]]);

/**
 * Starts the pooler.
 * @param name what the startup parameters of a connection contain if it shares the session; other connections get one each
 */
export async function startSessionPooler(url: string, name: string): Promise<SessionPooler> {
  const target = new URL(url);
  const session = new Client(url);
  await session.connect();
  const share = shareSession((session as unknown as { connection: { stream: Socket } }).connection);
  const server = createServer((client) => {
    client.on('error', () => client.destroy());
    client.once('data', (startup) => {
      if (startup.includes(name)) return share(client);
      const upstream = connect(Number(target.port), target.hostname);
      upstream.on('error', () => client.destroy()).write(startup);
      client.pipe(upstream).pipe(client);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const own = new URL(url);
  own.hostname = '127.0.0.1';
  own.port = String((server.address() as { port: number }).port);
  return {
    url: own.href,
    async stop() {
      await session.end();
      server.close();
      await once(server, 'close');
    },
  };
}

/** @returns what serves one more client by the session */
function shareSession({ stream }: { stream: Socket }): (client: Socket) => void {
  /** The statements that wait, each with its client; the first one is with the server. */
  const turns: { client: Socket; statement: Buffer }[] = [];
  const send = () => turns[0] && stream.write(turns[0].statement);
  stream.removeAllListeners('data').on(
    'data',
    eachMessage((type, message) => {
      turns[0]?.client.write(message);
      if (type !== 'Z') return;
      turns.shift();
      send();
    }),
  );
  return (client) => {
    let parts: Buffer[] = [];
    const onMessage: OnMessage = (type, message) => {
      if (type === 'X') return client.end();
      parts.push(message);
      // A statement ends with `Query` or `Sync`.
      if (type !== 'Q' && type !== 'S') return;
      turns.push({ client, statement: Buffer.concat(parts) });
      parts = [];
      if (turns.length === 1) send();
    };
    client.on('data', eachMessage(onMessage)).write(ACCEPTED);
  };
}

/** Cuts a stream of bytes into messages: one byte of type, four of length without the type. */
function eachMessage(onMessage: OnMessage): (data: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (data) => {
    rest = Buffer.concat([rest, data]);
    while (rest.length >= 5 && rest.length > rest.readInt32BE(1)) {
      const end = 1 + rest.readInt32BE(1);
      onMessage(String.fromCharCode(rest[0] as number), rest.subarray(0, end));
      rest = rest.subarray(end);
    }
  };
}
