/**
 * `npm run bench:seats`: measures reads of a 50,000-seat schedule while 200 of its seats are booked per second through the API. Reads are
 * sent at a fixed rate, whether or not earlier ones have finished; then by readers who each send the next read after the answer, beside
 * the same readers of an empty answer. Prints latencies and sizes, and the delay with which 2,000 event streams receive a change.
 *
 *   node scripts/bench/seats.ts [--rate 100] [--seconds 10] [--readers 20] [--bookings 200] [--listeners 2000]
 */

import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { readCommandLine } from '../../src/config/command-line.ts';
import { LoadClient } from './http-client.ts';
import { startBenchSystem } from './system.ts';

const { values } = readCommandLine(import.meta.filename, {
  options: {
    rate: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '10' },
    readers: { type: 'string', default: '20' },
    /** A second. */
    bookings: { type: 'string', default: '200' },
    listeners: { type: 'string', default: '2000' },
  },
});
const rate = Number(values.rate);
const seconds = Number(values.seconds);
const SEATS = 50_000;
const BUYERS = 50;
const BOOK_EVERY_MS = 20;
const SETTLE_MS = 2000;
/** Has no divisor in common with SEATS, so that all seats come, and each far from the one before. */
const STRIDE = 7919;

const system = await startBenchSystem();
const api = await system.startApi();
await system.startWorker();
const client = new LoadClient(api.port, 200);

async function send(method: string, path: string, headers: object, body?: object) {
  const response = await client.send({
    method,
    path,
    headers: { ...headers, Prefer: 'wait=30' },
    ...(body && { body }),
  });
  return JSON.parse(response.text);
}

async function tokenFor(subject: string, role?: string) {
  const { accessToken } = await send('POST', '/auth/token', {}, { subject, ...(role && { role }) });
  return { Authorization: `Bearer ${accessToken}` };
}

const at = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

async function newHall(): Promise<number> {
  const admin = await tokenFor('operator', 'admin');
  const concert = await send('POST', '/concerts', admin, { title: 'Bench' });
  const schedule = await send('POST', `/concerts/${concert.result.id}/schedules`, admin, {
    bookingStartAt: at(-1),
    bookingEndAt: at(24),
    startAt: at(48),
    endAt: at(50),
    seats: Array.from({ length: 50 }, (_, row) => {
      return { section: 'Stalls', row: `R${row}`, from: 1, to: SEATS / 50, price: 100 };
    }),
  });
  return schedule.result.id;
}

async function admitted(name: string): Promise<Record<string, string>> {
  const headers = await tokenFor(name);
  await send('POST', '/users/queue', headers);
  for (;;) {
    const { queueToken } = await send('GET', '/users/queue', headers);
    if (queueToken) return { ...headers, 'Queue-Token': queueToken };
    await sleep(200);
  }
}

interface Sale {
  /** Books the next seat. */
  book(): Promise<void>;
  /** Books seats at the rate of `--bookings`. @returns a function that stops it, and gives the bookings a second that succeeded */
  run(): () => Promise<number>;
}

async function openSale(scheduleId: number): Promise<Sale> {
  const buyers = await Promise.all(
    Array.from({ length: BUYERS }, (_, number) => admitted(`buyer ${number}`)),
  );
  const { items } = await send('GET', `/concerts/schedules/${scheduleId}/seats`, buyers[0] ?? {});
  const seatIds: number[] = items.map(({ id }: { id: number }) => id);
  let booked = 0;
  let asked = 0;
  const book = async () => {
    const seatId = seatIds[(asked * STRIDE) % SEATS];
    const headers = { ...buyers[asked % BUYERS], Prefer: 'wait=30' };
    asked += 1;
    const path = `/concerts/seats/${seatId}/book`;
    const { status } = await client.send({ method: 'POST', path, headers });
    if (status === 200) booked += 1;
  };
  const run = () => {
    const [started, before] = [performance.now(), { asked, booked }];
    const sent: Promise<void>[] = [];
    const timer = setInterval(() => {
      const due = ((performance.now() - started) / 1000) * Number(values.bookings);
      while (asked - before.asked < due) sent.push(book());
    }, BOOK_EVERY_MS);
    return async () => {
      clearInterval(timer);
      await Promise.all(sent);
      return ((booked - before.booked) / (performance.now() - started)) * 1000;
    };
  };
  return { book, run };
}

const percentile = (sorted: number[], share: number) =>
  (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(0);

async function read(what: string, path: string, headers: Record<string, string>): Promise<void> {
  const count = rate * seconds;
  const reads: Promise<{ ms: number; status: number; bytes: number }>[] = [];
  const started = performance.now();
  for (let sent = 0; sent < count; sent += 1) {
    const due = started + (sent * 1000) / rate;
    const early = due - performance.now();
    if (early > 0) await sleep(early);
    reads.push(
      client.send({ method: 'GET', path, headers, discards: true }).then(({ status, bytes }) => {
        // Measured from the time at which the request was due, so that a late client does not hide delays.
        return { ms: performance.now() - due, status, bytes };
      }),
    );
  }
  const responses = await Promise.all(reads);
  const perSecond = (count / (performance.now() - started)) * 1000;
  const sorted = responses.map(({ ms }) => ms).toSorted((a, b) => a - b);
  const failed = responses.filter(({ status }) => status !== 200).length;
  const kilobytes = Math.round((responses[0]?.bytes ?? 0) / 1000);
  const times = [0.5, 0.95, 0.99].map((share) => percentile(sorted, share)).join(' / ');
  console.log(`| ${what} | ${perSecond.toFixed(0)} | ${times} ms | ${kilobytes} kB | ${failed} |`);
}

/** Reads by `--readers` readers, each of whom sends the next read after the answer. @returns reads a second, and their p95 in ms */
async function readInTurns(path: string, headers: Record<string, string>) {
  const times: number[] = [];
  let failed = 0;
  const started = performance.now();
  const end = started + seconds * 1000;
  const readOn = async () => {
    while (performance.now() < end) {
      const { status, ms } = await client.send({ method: 'GET', path, headers, discards: true });
      times.push(ms);
      if (status !== 200) failed += 1;
    }
  };
  await Promise.all(Array.from({ length: Number(values.readers) }, readOn));
  const perSecond = (times.length / (performance.now() - started)) * 1000;
  const p95 = percentile(
    times.toSorted((a, b) => a - b),
    0.95,
  );
  return { perSecond, p95, failed };
}

/** Measures the delay with which each event stream receives a change. */
async function listen(
  scheduleId: number,
  headers: Record<string, string>,
  { book }: Sale,
): Promise<void> {
  const count = Number(values.listeners);
  let resolveAll: (times: number[]) => void = () => undefined;
  const all = new Promise<number[]>((resolve) => {
    resolveAll = resolve;
  });
  const receivedAt: number[] = [];
  let ready = 0;
  let isCounting = false;
  const path = `/concerts/schedules/${scheduleId}/events`;
  const requests = Array.from({ length: count }, () =>
    get({ host: '127.0.0.1', port: api.port, path, headers }, (response) => {
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        if (text.includes('event: reset')) ready += 1;
        if (!isCounting || !text.includes('event: seats')) return;
        receivedAt.push(performance.now());
        if (receivedAt.length === count) resolveAll(receivedAt);
      });
    }).on('error', () => undefined),
  );
  while (ready < count) await sleep(50);
  // Until the bookings before have reached all streams.
  await sleep(SETTLE_MS);
  isCounting = true;
  const changed = performance.now();
  await book();
  const sorted = (await all).map((time) => time - changed).toSorted((a, b) => a - b);
  for (const request of requests) request.destroy();
  const times = [0.5, 0.95, 1].map((share) => percentile(sorted, share)).join(' / ');
  console.log(`\n${count} listeners receive a change after ${times} ms (p50 / p95 / last).`);
}

try {
  const scheduleId = await newHall();
  const sale = await openSale(scheduleId);
  const headers = await admitted('reader');
  const base = `/concerts/schedules/${scheduleId}`;
  const zipped = { ...headers, 'Accept-Encoding': 'gzip' };
  await client.send({ method: 'GET', path: `${base}/seats`, headers });
  let stop = sale.run();
  console.log(`${SEATS} seats, ${values.bookings} bookings and ${rate} reads per second.\n`);
  console.log('| read | per second | p50 / p95 / p99 | size | failed |');
  console.log('| --- | --- | --- | --- | --- |');
  await read('all seats, gzip', `${base}/seats`, zipped);
  await read('availability, packed', `${base}/availability`, headers);
  await read('held seats by index', `${base}/seats?state=held`, headers);
  console.log(`\n${(await stop()).toFixed(0)} bookings a second succeeded meanwhile.\n`);

  stop = sale.run();
  const empty = await readInTurns('/health/live', headers);
  const seats = await readInTurns(`${base}/seats`, zipped);
  const booked = await stop();
  console.log(`${values.readers} readers in turns, ${booked.toFixed(0)} bookings a second:\n`);
  console.log('| read | per second | p95 | failed |');
  console.log('| --- | --- | --- | --- |');
  for (const [what, { perSecond, p95, failed }] of Object.entries({ empty, seats })) {
    console.log(`| ${what} | ${perSecond.toFixed(0)} | ${p95} ms | ${failed} |`);
  }
  console.log(`API resident: ${api.residentMb()} MB.`);
  await listen(scheduleId, headers, sale);
  console.log(`API resident: ${api.residentMb()} MB.`);
} finally {
  client.close();
  await system.stop();
}
