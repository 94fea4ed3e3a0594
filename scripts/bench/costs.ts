/**
 * `npm run bench:costs`: counts the round trips, statements, bytes and allocations of commands, sent one after another
 * and all at once. Unlike times, these counts hardly depend on other work on the machine.
 *
 *   node scripts/bench/costs.ts [--users 500] [--connections 5000]
 */

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { readCommandLine } from '../../src/config/command-line.ts';
import { newHall, openDatabase, PRICE } from './compare/database.ts';
import { countStatements, type Passed, Wire } from './costs/wire.ts';
import { LoadClient, type LoadRequest } from './http-client.ts';
import { startBenchSystem } from './system.ts';

const { values } = readCommandLine(import.meta.filename, {
  options: {
    users: { type: 'string', default: '500' },
    connections: { type: 'string', default: '5000' },
  },
});
const users = Number(values.users);
const connections = Number(values.connections);
const WAIT = { Prefer: 'wait=20' };
const COUNTS_ALLOCATIONS = 'scripts/bench/costs/count-allocations.ts';
const IDLE_MS = 3000;

const system = await startBenchSystem();
const { DATABASE_URL: databaseUrl = '', REDIS_URL: redisUrl = '' } = system.environment;

/** Counting proxies between one process and PostgreSQL and Redis. */
async function openWires() {
  const [postgres, DATABASE_URL] = await Wire.open(databaseUrl, countStatements);
  const [redis, REDIS_URL] = await Wire.open(redisUrl);
  return { postgres, redis, settings: { DATABASE_URL, REDIS_URL } };
}
const workerWires = await openWires();
const apiWires = await openWires();
const worker = await system.startWorker(workerWires.settings, COUNTS_ALLOCATIONS);
const api = await system.startApi(apiWires.settings, COUNTS_ALLOCATIONS);
const client = new LoadClient(api.port, users);
const database = await openDatabase(system, 'seatlane');
const redis = new Redis(redisUrl);

async function send(request: LoadRequest): Promise<any> {
  const { status, text } = await client.send(request);
  if (status >= 400 && status !== 409)
    throw new Error(`${request.path} returned ${status}: ${text}`);
  return JSON.parse(text);
}

/** Counters that only grow. */
async function readCounters(): Promise<Record<string, number>> {
  const [row] = await database.query<{ log: number }>(
    `select (pg_current_wal_insert_lsn() - '0/0')::float8 as log`,
  );
  const passed = (name: string, { roundTrips, statements, bytes }: Passed) => ({
    [`${name}Trips`]: roundTrips,
    [`${name}Statements`]: statements,
    [`${name}Bytes`]: bytes,
  });
  return {
    ...passed('apiRedis', apiWires.redis.passed),
    ...passed('apiPostgres', apiWires.postgres.passed),
    ...passed('workerRedis', workerWires.redis.passed),
    ...passed('workerPostgres', workerWires.postgres.passed),
    log: row?.log ?? 0,
    at: performance.now(),
  };
}

async function readAllocations(): Promise<{ apiMemory: number; workerMemory: number }> {
  const [fromApi, fromWorker] = await Promise.all([api.ask('allocated'), worker.ask('allocated')]);
  const bytesOf = (reply: unknown) => (reply as { allocated: number }).allocated;
  return { apiMemory: bytesOf(fromApi), workerMemory: bytesOf(fromWorker) };
}

/** The growth of the counters during `act`. */
async function metered(act: () => Promise<void>): Promise<Record<string, number>> {
  await readAllocations();
  const before = await readCounters();
  await act();
  const after = await readCounters();
  const grown = Object.entries(after).map(([name, value]) => [name, value - (before[name] ?? 0)]);
  return { ...Object.fromEntries(grown), ...(await readAllocations()) };
}

type Command = (user: number) => LoadRequest;

/** The growth of the counters per ms without load, caused by refreshed figures, timers and lane ownership. */
let idle: Record<string, number> = {};

/** Prints the costs of a command. @returns the responses in the order of users */
async function report(what: string, from: number, command: Command, atOnce: boolean) {
  const responses: any[] = [];
  const counters = await metered(async () => {
    const each = Array.from({ length: users }, (_, user) => from + user);
    if (atOnce) responses.push(...(await Promise.all(each.map((user) => send(command(user))))));
    else for (const user of each) responses.push(await send(command(user)));
  });
  const of = (name: string) =>
    Math.max(0, (counters[name] ?? 0) - (idle[name] ?? 0) * (counters.at ?? 0));
  const each = (name: string) => (of(name) / users).toFixed(2);
  const kb = (...names: string[]) =>
    (names.reduce((sum, name) => sum + of(name), 0) / users / 1000).toFixed(1);
  const cells = [
    what,
    atOnce ? `${users} at once` : 'one by one',
    `${each('apiRedisTrips')} / ${each('apiPostgresStatements')}`,
    `${each('workerRedisTrips')} / ${each('workerPostgresTrips')} / ${each('workerPostgresStatements')}`,
    `${kb('apiRedisBytes', 'workerRedisBytes')} / ${kb('apiPostgresBytes', 'workerPostgresBytes')}`,
    kb('log'),
    `${kb('apiMemory')} / ${kb('workerMemory')}`,
  ];
  console.log(`| ${cells.join(' | ')} |`);
  return responses;
}

const HEAD = [
  'command',
  '',
  'API: trips to Redis / statements',
  'worker: trips to Redis / trips to PostgreSQL / statements',
  'kB on the wire: Redis / PostgreSQL',
  'kB of log',
  'kB allocated: API / worker',
];

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

/** One half of the users sends commands one by one, the other half all at once. */
const allUsers = Array.from({ length: 2 * users }, (_, user) => user);
const HALVES = [
  { from: 0, atOnce: false },
  { from: users, atOnce: true },
];

try {
  await database.query(`insert into concert (title, created_at) values ('Costs', now())`);
  const { seatIds } = await newHall(database, 2 * users + 2);
  const tokens = await Promise.all(
    allUsers.map(async (user) => {
      const body = { subject: `user ${user}` };
      return (await send({ method: 'POST', path: '/auth/token', body })).accessToken as string;
    }),
  );
  const queueTokens: string[] = [];
  const headersOf = (user: number) => ({
    Authorization: `Bearer ${tokens[user]}`,
    ...WAIT,
    ...(queueTokens[user] !== undefined && { 'Queue-Token': queueTokens[user] }),
  });
  const post = (user: number, path: string, body?: object): LoadRequest => ({
    method: 'POST',
    path,
    headers: headersOf(user),
    ...(body && { body }),
  });
  const untilAdmitted = async (user: number) => {
    while (queueTokens[user] === undefined) {
      const { queueToken } = await send({
        method: 'GET',
        path: '/users/queue',
        headers: headersOf(user),
      });
      if (queueToken) queueTokens[user] = queueToken;
      else await sleep(20);
    }
  };
  const inBothWays = async (what: string, command: Command) => {
    const responses: any[] = [];
    for (const { from, atOnce } of HALVES) {
      responses.push(...(await report(what, from, command, atOnce)));
    }
    return responses;
  };

  const withoutLoad = await metered(() => sleep(IDLE_MS));
  idle = Object.fromEntries(
    Object.entries(withoutLoad).map(([name, value]) => [name, value / (withoutLoad.at ?? IDLE_MS)]),
  );
  const lines = [HEAD, HEAD.map(() => '---')].map((cells) => `| ${cells.join(' | ')} |`);
  console.log(lines.join('\n'));
  // A checkpoint at this point keeps the one-time full-page writes after it out of the first command's figures.
  await database.query('checkpoint');
  await inBothWays('enter the queue', (user) => post(user, '/users/queue'));
  await inBothWays('charge points', (user) => post(user, '/points/charge', { amount: PRICE }));
  for (const user of allUsers) await untilAdmitted(user);
  const held = await inBothWays('book a seat', (user) =>
    post(user, `/concerts/seats/${seatIds[user]}/book`),
  );
  const hotSeats = seatIds.slice(2 * users);
  await inBothWays('all book one seat', (user) =>
    post(user, `/concerts/seats/${hotSeats[user < users ? 0 : 1]}/book`),
  );
  await inBothWays('pay a booking', (user) =>
    post(user, `/concerts/bookings/${held[user].result.id}/pay`),
  );

  await worker.stop();
  const before = await memoryOfRedis();
  await Promise.all(
    allUsers.map((user) =>
      send({
        method: 'POST',
        path: '/points/charge',
        body: { amount: 1 },
        headers: { Authorization: `Bearer ${tokens[user]}` },
      }),
    ),
  );
  const bytes = Math.round(((await memoryOfRedis()) - before) / allUsers.length);
  console.log(`\nA pending command takes ${bytes} bytes in Redis.`);

  const memory = api.residentMb();
  const sockets = await keepOpen();
  const each = ((api.residentMb() - memory) * 1024) / connections;
  console.log(`A kept-alive connection takes ${each.toFixed(0)} kB in the API process.`);
  for (const socket of sockets) socket.destroy();
} finally {
  client.close();
  redis.disconnect();
  await database.close();
  await system.stop();
  for (const { postgres, redis: wire } of [workerWires, apiWires]) {
    postgres.close();
    wire.close();
  }
}
