/**
 * `npm run bench:bytes`: what things take in bytes rather than in time: write-ahead log a command, Redis a command that
 * waits, memory of the API process a connection that is kept open. Other work on the machine does not change it.
 *
 *   node scripts/bench/bytes.ts [--users 500] [--connections 5000]
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import { newHall, openDatabase } from './compare/database.ts';
import { LoadClient, type LoadRequest } from './http-client.ts';
import { startBenchSystem } from './system.ts';

const { values } = parseArgs({
  options: {
    users: { type: 'string', default: '500' },
    connections: { type: 'string', default: '5000' },
  },
});
const users = Number(values.users);
const connections = Number(values.connections);
const WAIT = { Prefer: 'wait=20' };

const system = await startBenchSystem();
const worker = await system.startWorker();
const api = await system.startApi();
const client = new LoadClient(api.port, 64);
const database = await openDatabase(system, 'seatlane');
const redis = new Redis(system.environment.REDIS_URL as string);

async function send(request: LoadRequest): Promise<any> {
  const { status, text } = await client.send(request);
  if (status >= 400) throw new Error(`${request.path} answered ${status} ${text}`);
  return JSON.parse(text);
}

/** Sends a command for every user, and prints what PostgreSQL has written by then. */
async function logged(what: string, command: (user: number) => LoadRequest): Promise<any[]> {
  const position = async () => {
    const [row] = await database.query<{ at: string }>(
      `select pg_current_wal_insert_lsn() - '0/0' as at`,
    );
    return Number(row?.at);
  };
  // After a checkpoint each page is written whole the first time: rather too much is counted than too little.
  await database.query('checkpoint');
  const before = await position();
  const answers = await Promise.all(
    Array.from({ length: users }, (_, user) => send(command(user))),
  );
  console.log(`| ${what} | ${Math.round(((await position()) - before) / users)} |`);
  return answers;
}

async function memoryOfRedis(): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
}

async function keepOpen(): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < connections) {
    const socket = connect(api.port, '127.0.0.1');
    socket.write('GET /health/live HTTP/1.1\r\nHost: bench\r\n\r\n');
    await once(socket, 'data');
    sockets.push(socket);
  }
  return sockets;
}

try {
  await database.query(`insert into concert (title, created_at) values ('Bytes', now())`);
  const { seatIds } = await newHall(database, users);
  const tokens = await Promise.all(
    Array.from({ length: users }, async (_, user) => {
      const body = { subject: `user ${user}` };
      return (await send({ method: 'POST', path: '/auth/token', body })).accessToken as string;
    }),
  );
  const headersOf = (user: number) => ({ Authorization: `Bearer ${tokens[user]}`, ...WAIT });
  const post = (user: number, path: string, body?: object): LoadRequest => ({
    ...{ method: 'POST', path, headers: headersOf(user) },
    ...(body && { body }),
  });

  console.log(`${users} users at once.\n\n| a command | bytes of write-ahead log |\n| --- | --- |`);
  await logged('enter the queue', (user) => post(user, '/users/queue'));
  await logged('charge points', (user) => post(user, '/points/charge', { amount: 100 }));
  const queueTokens: string[] = [];
  for (let user = 0; user < users; user += 1) {
    for (;;) {
      const { queueToken } = await send({
        ...{ method: 'GET', path: '/users/queue', headers: headersOf(user) },
      });
      if (queueToken) queueTokens.push(queueToken);
      if (queueToken) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  const admitted = (user: number, path: string): LoadRequest => {
    const request = post(user, path);
    return { ...request, headers: { ...request.headers, 'Queue-Token': queueTokens[user] ?? '' } };
  };
  const held = await logged('book a seat', (user) =>
    admitted(user, `/concerts/seats/${seatIds[user]}/book`),
  );
  await logged('pay a booking', (user) =>
    admitted(user, `/concerts/bookings/${held[user].result.id}/pay`),
  );

  await worker.stop();
  const before = await memoryOfRedis();
  await Promise.all(
    tokens.map((token) =>
      send({
        ...{ method: 'POST', path: '/points/charge', body: { amount: 1 } },
        headers: { Authorization: `Bearer ${token}` },
      }),
    ),
  );
  const bytes = Math.round(((await memoryOfRedis()) - before) / users);
  console.log(`\nA command that waits takes ${bytes} bytes in Redis.`);

  const memory = api.residentMb();
  const sockets = await keepOpen();
  const each = ((api.residentMb() - memory) * 1024) / connections;
  console.log(`A connection that is kept open takes ${each.toFixed(0)} kB in the API process.`);
  for (const socket of sockets) socket.destroy();
} finally {
  client.close();
  redis.disconnect();
  await database.close();
  await system.stop();
}
