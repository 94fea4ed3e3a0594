/**
 * `npm run bench:seats`: measures reads of a 50,000-seat schedule while 200 of its seats change per second. Reads are
 * sent at a fixed rate, whether or not earlier ones have finished. Prints latencies and sizes, and the delay with which
 * 2,000 event streams receive a change.
 *
 *   node scripts/bench/seats.ts [--rate 100] [--seconds 10] [--listeners 2000]
 */

import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { readCommandLine } from '../../src/config/command-line.ts';
import { LoadClient } from './http-client.ts';
import { startBenchSystem } from './system.ts';

const { values } = readCommandLine(import.meta.filename, {
  options: {
    rate: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '10' },
    listeners: { type: 'string', default: '2000' },
  },
});
const rate = Number(values.rate);
const seconds = Number(values.seconds);
const SEATS = 50_000;
const CHANGED_AT_ONCE = 20;
const CHANGE_EVERY_MS = 100;

const system = await startBenchSystem();
const api = await system.startApi();
await system.startWorker();
const client = new LoadClient(api.port, 200);
const database = new Client(system.environment.DATABASE_URL);
await database.connect();

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

async function admittedReader(): Promise<Record<string, string>> {
  const headers = await tokenFor('reader');
  await send('POST', '/users/queue', headers);
  for (;;) {
    const { queueToken } = await send('GET', '/users/queue', headers);
    if (queueToken) return { ...headers, 'Queue-Token': queueToken };
    await sleep(200);
  }
}

/** Changes seats in SQL, as a sale would. @returns a function that stops the changes */
function changeSeats(scheduleId: number): () => Promise<void> {
  let isOver = false;
  const changing = (async () => {
    while (!isOver) {
      await database.query(
        `update seat set state = case state when 'sold' then 'available' else 'sold' end
         where id in (select id from seat where schedule_id = $1 order by random() limit $2)`,
        [scheduleId, CHANGED_AT_ONCE],
      );
      await sleep(CHANGE_EVERY_MS);
    }
  })();
  return async () => {
    isOver = true;
    await changing;
  };
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
      client.send({ method: 'GET', path, headers }).then(({ status, text }) => {
        // Measured from the time at which the request was due, so that a late client does not hide delays.
        return { ms: performance.now() - due, status, bytes: text.length };
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

/** Measures the delay with which each event stream receives a change. */
async function listen(scheduleId: number, headers: Record<string, string>): Promise<void> {
  const count = Number(values.listeners);
  let resolveAll: (times: number[]) => void = () => undefined;
  const all = new Promise<number[]>((resolve) => {
    resolveAll = resolve;
  });
  const receivedAt: number[] = [];
  let ready = 0;
  const path = `/concerts/schedules/${scheduleId}/events`;
  const requests = Array.from({ length: count }, () =>
    get({ host: '127.0.0.1', port: api.port, path, headers }, (response) => {
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        if (text.includes('event: reset')) ready += 1;
        if (!text.includes('event: seats')) return;
        receivedAt.push(performance.now());
        if (receivedAt.length === count) resolveAll(receivedAt);
      });
    }).on('error', () => undefined),
  );
  while (ready < count) await sleep(50);
  await database.query(
    `update seat set state = case state when 'sold' then 'available' else 'sold' end
     where id = (select min(id) from seat where schedule_id = $1)`,
    [scheduleId],
  );
  const changed = performance.now();
  const sorted = (await all).map((time) => time - changed).toSorted((a, b) => a - b);
  for (const request of requests) request.destroy();
  const times = [0.5, 0.95, 1].map((share) => percentile(sorted, share)).join(' / ');
  console.log(`\n${count} listeners receive a change after ${times} ms (p50 / p95 / last).`);
}

try {
  const scheduleId = await newHall();
  const headers = await admittedReader();
  const base = `/concerts/schedules/${scheduleId}`;
  await client.send({ method: 'GET', path: `${base}/seats`, headers });
  const stop = changeSeats(scheduleId);
  console.log(`${SEATS} seats, 200 of them change each second; ${rate} reads per second.\n`);
  console.log('| read | per second | p50 / p95 / p99 | size | failed |');
  console.log('| --- | --- | --- | --- | --- |');
  await read('all seats, gzip', `${base}/seats`, { ...headers, 'Accept-Encoding': 'gzip' });
  await read('availability, packed', `${base}/availability`, headers);
  await read('free seats by index', `${base}/seats?state=sold`, headers);
  await stop();
  await listen(scheduleId, headers);
  console.log(`API resident: ${api.residentMb()} MB.`);
} finally {
  client.close();
  await database.end();
  await system.stop();
}
