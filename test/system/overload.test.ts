/** More than the system can take: it says so, stays within bounds, serves the others, and recovers. */
import { connect, type Socket } from 'node:net';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openQueue } from '../../src/lanes/bullmq/queues.ts';
import type { AdmittedUser, Answer, TestClient } from '../support/http/client.ts';
import { cloneServices, type TestServices } from '../support/services/database.ts';
import {
  startApiProcess,
  startWorkerProcess,
  type TestProcess,
} from '../support/services/processes.ts';
import { waitFor } from '../support/wait-for.ts';

const LANE_LIMIT = 200;
const USER_LANES = 8;
const FLOOD = 6000;
/** `npm run test:system` opens ten thousand connections in all. */
const HANGING = process.env.FAULT_ROUNDS ? 5000 : 1500;
const JOBS = 200;
/** Ten users stand for thousands. */
const PER_USER = { STREAMS_PER_USER: String(HANGING), WAITS_PER_USER: String(HANGING) };
const settings = { LANE_LIMIT: String(LANE_LIMIT), RATE_LIMIT: '0', ...PER_USER };

let services: TestServices;
let client: TestClient;
let port: number;
let api: TestProcess;
let worker: TestProcess;
let buyer: AdmittedUser;
let seatIds: number[];

beforeAll(async () => {
  services = await cloneServices();
  ({ client, port, ...api } = await startApiProcess(services, settings));
  const whole = await startWorkerProcess(services, settings);
  buyer = await client.admitted('buyer');
  const { seats } = await client.schedule();
  seatIds = seats.map(({ id }) => id);
  await whole.stop();
  // Users' commands now pile up; those of seats are carried out.
  worker = await startWorkerProcess(services, settings, ['--lanes', 'seat', '--lanes', 'timers']);
});

afterAll(() => Promise.all([api.stop(), worker.stop()]));

async function tokensFor(count: number): Promise<string[]> {
  const subjects = Array.from({ length: count }, (_, index) => `user ${index}`);
  return Promise.all(subjects.map((subject) => client.tokenFor(subject)));
}

async function expectBooking(): Promise<void> {
  const { status } = await client.command('POST', `/concerts/seats/${seatIds.pop()}/book`, buyer);
  expect(status).toBe(200);
}

async function waitingInRedis(): Promise<number> {
  const redis = new Redis(services.redisUrl);
  const lanes = Array.from({ length: USER_LANES }, (_, lane) => `user-${lane}`);
  const lengths = await Promise.all(
    lanes.map((lane) => openQueue(lane, redis, services).getWaitingCount()),
  );
  redis.disconnect();
  return lengths.reduce((sum, length) => sum + length, 0);
}

/** A connection on which a request was sent and an answer is read bit by bit. */
interface Hanging {
  socket: Socket;
  received: string;
}

function hang(request: string): Promise<Hanging> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(request);
      resolve(hanging);
    });
    const hanging = { socket, received: '' };
    socket.setEncoding('utf8');
    socket.on('data', (part) => {
      hanging.received += part;
    });
    socket.once('error', reject);
  });
}

/** Sends those requests again that were refused, as clients do: on a slow machine some are not answered in time. */
async function repeatRefused(all: Hanging[], requests: readonly string[]): Promise<void> {
  await Promise.all(
    all.map(async ({ received, socket }, index) => {
      if (!received.startsWith('HTTP/1.1 503')) return;
      socket.destroy();
      all[index] = await hang(requests[index] as string);
    }),
  );
}

async function hangMany(requests: readonly string[]): Promise<Hanging[]> {
  const all: Hanging[] = [];
  for (let from = 0; from < requests.length; from += 500) {
    all.push(...(await Promise.all(requests.slice(from, from + 500).map(hang))));
  }
  return all;
}

const close = (all: Hanging[]) => all.map(({ socket }) => socket.destroy());

test('thousands of waiting requests, streams and incomplete requests do not delay other clients', async () => {
  const tokens = await tokensFor(10);
  const jobs = await Promise.all(
    Array.from({ length: JOBS }, (_, index) => {
      const token = tokens[index % tokens.length];
      return client.request('POST', '/points/charge', { token, body: { amount: 1 } });
    }),
  );
  const ask = (index: number, path: string, header = '') => {
    const job = jobs[index % jobs.length]?.body.id;
    const token = tokens[index % tokens.length];
    return `GET /jobs/${job}${path} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer ${token}\r\n${header}\r\n`;
  };
  const indexes = Array.from({ length: HANGING }, (_, index) => index);
  const streamRequests = indexes.map((index) => ask(index, '/events'));
  const waitRequests = indexes.map((index) => ask(index, '', 'Prefer: wait=30\r\n'));
  const streams = await hangMany(streamRequests);
  const waits = await hangMany(waitRequests);
  const halves = await hangMany(
    indexes.slice(0, 500).map(() => 'GET /concerts HTTP/1.1\r\nHost: t'),
  );
  await waitFor('all streams are open', async () => {
    await repeatRefused(streams, streamRequests);
    return streams.every(({ received }) => received.includes('queued'));
  });

  await expectBooking();
  expect((await client.request('GET', '/points', buyer)).status).toBe(200);

  const users = await startWorkerProcess(services, settings, ['--lanes', 'user']);
  const isDone = ({ received }: Hanging) => received.includes('"state":"succeeded"');
  // On a machine on which all this takes longer than the wait, a request is told that its command is still pending.
  const isAnswered = (each: Hanging) => isDone(each) || each.received.includes(' 202 Accepted');
  await waitFor('every waiting request and every stream receives the outcome', async () => {
    await repeatRefused(waits, waitRequests);
    return streams.every(isDone) && waits.every(isAnswered);
  });
  await users.stop();
  close([...streams, ...waits, ...halves]);
});

async function sumOfBalances(tokens: readonly string[]): Promise<number> {
  const answers = await Promise.all(
    tokens.map((token) => client.request('GET', '/points', { token })),
  );
  return answers.reduce((total, { body }) => total + body.balance, 0);
}

test('full lanes return 503 with Retry-After, and never exceed the limit', async () => {
  const tokens = await tokensFor(100);
  const answers = await Promise.all(
    Array.from({ length: FLOOD }, (_, index) => {
      const token = tokens[index % tokens.length];
      return client.request('POST', '/points/charge', { token, body: { amount: 1 } });
    }),
  );
  const told = answers.filter(({ status }) => status === 202);
  const refused = answers.filter(({ status }) => status === 503);
  expect(told.length + refused.length).toBe(FLOOD);
  // On a machine that is too slow for the flood some are told that nobody knows: their jobs do.
  const tokenOf = (answer: Answer) => tokens[answers.indexOf(answer) % tokens.length];
  const unsure = refused.filter(({ body }) => body.code === 'ACCEPTANCE_UNKNOWN');
  const found = await Promise.all(
    unsure.map((answer) =>
      client.request('GET', answer.headers.get('location') as string, { token: tokenOf(answer) }),
    ),
  );
  const accepted = [...told, ...found.filter(({ status }) => status === 200)];
  expect(accepted.length).toBeLessThanOrEqual(USER_LANES * LANE_LIMIT);
  expect(await waitingInRedis()).toBe(accepted.length);
  expect(refused.every(({ headers }) => Number(headers.get('retry-after')) >= 1)).toBe(true);
  await expectBooking();

  const users = await startWorkerProcess(services, settings, ['--lanes', 'user']);
  await waitFor('the lanes are empty', async () => (await waitingInRedis()) === 0);
  await waitFor('the API takes commands again', async () => {
    const again = { token: tokens[0], body: { amount: 1 } };
    return (await client.command('POST', '/points/charge', again)).status === 200;
  });
  // What was accepted, the charge that showed the lanes open, and those of the test before; no more.
  const expected = accepted.length + 1 + JOBS;
  await waitFor('all that was accepted', async () => (await sumOfBalances(tokens)) >= expected);
  expect(await sumOfBalances(tokens)).toBe(expected);
  await users.stop();
});
