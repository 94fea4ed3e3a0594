/**
 * As many event streams as one API process is built for, with the heap that `npm run api` gives it: they all hear of a
 * change, one more is refused, and streams that come and go leave nothing behind.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { HEAP_FLAGS } from '../../scripts/lib/heap-flags.ts';
import { sampleOf, samplesOf } from '../support/deploy/metric-samples.ts';
import type { AdmittedUser, TestClient } from '../support/http/client.ts';
import { cloneServices, type TestServices } from '../support/services/database.ts';
import {
  startApiProcess,
  startWorkerProcess,
  type TestProcess,
} from '../support/services/processes.ts';
import { HEAP_REQUEST, type HeapReport } from '../support/services/report-heap.ts';
import { waitFor } from '../support/wait-for.ts';

/** `npm test` shares the machine with other tests, and opens a fifth of what `npm run test:system` opens. */
const STREAMS = process.env.FAULT_ROUNDS ? 10_000 : 2000;
const PER_USER = 20;
const USERS = STREAMS / PER_USER;
const AT_A_TIME = 250;
/** What a stream may take of the heap, in bytes. */
const STREAM_BYTES_MAX = 6000;
const OPENS_AND_CLOSES = 2 * STREAMS;
const GROWTH_BYTES_MAX = 20_000_000;

let services: TestServices;
let client: TestClient;
let port: number;
let api: TestProcess;
let worker: TestProcess;
let users: AdmittedUser[];
let path: string;
let scheduleId: number;
let seatIds: number[];
let open: Stream[] = [];

/** A connection on which a stream was asked for, with how it began and what has come since. */
interface Stream {
  socket: Socket;
  head: string;
  /** The last piece with an event: all of them would take this process's memory, and heartbeats are none. */
  lastEvent: string;
}

beforeAll(async () => {
  services = await cloneServices();
  const settings = { STREAMS_MAX: String(STREAMS), STREAMS_PER_USER: String(PER_USER) };
  const heap = [...HEAP_FLAGS, '--expose-gc'];
  const report = resolve(import.meta.dirname, '../support/services/report-heap.ts');
  const started = await startApiProcess(services, settings, [...heap, '--import', report]);
  ({ client, port, ...api } = started);
  worker = await startWorkerProcess(services);
  const areas = [{ name: 'Standing', capacity: 100, price: 50 }];
  const schedule = await client.schedule({ areas });
  scheduleId = schedule.id;
  path = `/concerts/schedules/${schedule.id}/events`;
  seatIds = schedule.seats.map(({ id }) => id);
  const subjects = Array.from({ length: USERS + 1 }, (_, index) => `user ${index}`);
  users = await Promise.all(subjects.map((subject) => client.admitted(subject)));
});

afterEach(async () => {
  for (const { socket } of open) socket.destroy();
  open = [];
  await untilClosed();
});

afterAll(() => Promise.all([api.stop(), worker.stop()]));

/** Opens a stream. @returns when its first bytes have come */
function openStream({ token, queueToken }: AdmittedUser): Promise<Stream> {
  return new Promise((settle, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      const headers = `Host: test\r\nAuthorization: Bearer ${token}\r\nQueue-Token: ${queueToken}`;
      socket.write(`GET ${path} HTTP/1.1\r\n${headers}\r\n\r\n`);
    });
    const stream = { socket, head: '', lastEvent: '' };
    socket.setEncoding('utf8');
    socket.on('data', (part: string) => {
      if (stream.head === '') stream.head = part;
      if (part.includes('data: ')) stream.lastEvent = part;
      settle(stream);
    });
    socket.once('error', reject);
  });
}

/** @param userOf whose stream the one with this index is */
async function openMany(count: number, userOf: (index: number) => number): Promise<Stream[]> {
  const streams: Stream[] = [];
  while (streams.length < count) {
    const length = Math.min(AT_A_TIME, count - streams.length);
    const next = Array.from({ length }, (_, index) => users[userOf(streams.length + index)]);
    streams.push(...(await Promise.all(next.map((user) => openStream(user as AdmittedUser)))));
  }
  return streams;
}

const untilClosed = () =>
  waitFor('all streams are closed', async () => (await openStreams()) === 0);

async function openAndClose(count: number): Promise<void> {
  for (let opened = 0; opened < count; opened += AT_A_TIME) {
    const streams = await openMany(AT_A_TIME, (index) => index % USERS);
    for (const { socket } of streams) socket.destroy();
  }
  await untilClosed();
}

const isOpen = ({ head }: Stream) => head.startsWith('HTTP/1.1 200 ');

async function openStreams(): Promise<number | undefined> {
  const { body } = await client.request('GET', '/metrics');
  return sampleOf(samplesOf(body), 'seatlane_event_streams');
}

async function heapBytes(): Promise<number> {
  const answered = once(api.child, 'message') as Promise<[HeapReport]>;
  api.child.send(HEAP_REQUEST);
  const [report] = await answered;
  return report.heapBytes;
}

function expectRefused({ head }: Stream): void {
  expect(head).toMatch(/^HTTP\/1\.1 503 /);
  expect(head).toMatch(/^retry-after: \d+\r$/im);
  expect(head).toContain('"code":"TOO_MANY_STREAMS"');
}

test('all allowed streams receive a change, and one more stream is refused', async () => {
  // What is compiled and remembered with the first streams is no part of what the others take.
  await openAndClose(2 * AT_A_TIME);
  const before = await heapBytes();
  open = await openMany(STREAMS, (index) => Math.floor(index / PER_USER));
  expect(open.every(isOpen)).toBe(true);
  expect(await openStreams()).toBe(STREAMS);
  const streamBytes = ((await heapBytes()) - before) / STREAMS;
  expect(streamBytes).toBeLessThan(STREAM_BYTES_MAX);

  const oneMore = await openStream(users[USERS] as AdmittedUser);
  expectRefused(oneMore);
  oneMore.socket.destroy();

  const seatId = seatIds.pop();
  const booked = await client.command('POST', `/concerts/seats/${seatId}/book`, users[0]);
  expect(booked.status).toBe(200);
  const untilHeard = (change: string) => {
    const hasHeard = ({ lastEvent }: Stream) => lastEvent.includes(change);
    return waitFor('all streams hear of the change', () => open.every(hasHeard));
  };
  await untilHeard(`[[${seatId},"held"]]`);
  const { body } = await client.request('GET', path.replace('events', 'areas'), users[0]);
  const areas = [{ areaId: body.items[0].id, quantity: 2 }];
  await client.command('POST', '/orders', { ...users[0], body: { scheduleId, areas } });
  await untilHeard('"available":98,"held":2');
});

test('a user’s stream above the limit is refused while others get theirs', async () => {
  open = await openMany(PER_USER, () => 0);
  const refused = await openStream(users[0] as AdmittedUser);
  expectRefused(refused);
  open.push(refused, await openStream(users[1] as AdmittedUser));
  expect(open.at(-1)?.head).toMatch(/^HTTP\/1\.1 200 /);
});

test('streams that are opened and closed leave nothing behind', async () => {
  await openAndClose(4 * AT_A_TIME);
  const before = await heapBytes();
  await openAndClose(OPENS_AND_CLOSES);
  const growth = (await heapBytes()) - before;
  expect(growth).toBeLessThan(GROWTH_BYTES_MAX);
});
