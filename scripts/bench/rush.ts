/**
 * `npm run bench:rush`: measures a rush over HTTP with `Prefer: wait`, and, in the same run, with batches of one
 * command (one transaction per job) as the baseline, and the first rush after a start beside later ones. Prints wall times, rates,
 * ratios and memory, and ends with an audit.
 *
 *   node scripts/bench/rush.ts [--repeats 3] [--users 3000]
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { readCommandLine } from '../../src/config/command-line.ts';
import { auditOf } from './audit.ts';
import { LoadClient, type LoadResponse } from './http-client.ts';
import { type BenchProcess, startBenchSystem } from './system.ts';

const { values } = readCommandLine(import.meta.filename, {
  options: {
    repeats: { type: 'string', default: '3' },
    users: { type: 'string', default: '3000' },
  },
});
const repeats = Number(values.repeats);
const userCount = Number(values.users);
const RUSH = 1000;
const LONE = 200;
/** After a start, the first rush is compared with the median of so many that follow. */
const WARM_RUSHES = 5;
const CONNECTIONS = 500;
const WAIT = { Prefer: 'wait=30' };

interface User {
  headers: Record<string, string>;
}

const system = await startBenchSystem();
let api = await system.startApi();
const { port } = api;
let worker: BenchProcess = await system.startWorker();
const client = new LoadClient(port, CONNECTIONS);

const parse = (response: LoadResponse) => JSON.parse(response.text);
const post = (path: string, user: User, body?: object) =>
  client.send({
    method: 'POST',
    path,
    headers: { ...user.headers, ...WAIT },
    ...(body && { body }),
  });

async function userWith(subject: string, role?: string): Promise<User> {
  const body = { subject, ...(role && { role }) };
  const issued = parse(await client.send({ method: 'POST', path: '/auth/token', body }));
  return { headers: { Authorization: `Bearer ${issued.accessToken}` } };
}

async function admitted(subject: string): Promise<User> {
  const user = await userWith(subject);
  await post('/users/queue', user);
  for (;;) {
    const entry = parse(
      await client.send({ method: 'GET', path: '/users/queue', headers: user.headers }),
    );
    if (entry.queueToken) {
      return { headers: { ...user.headers, 'Queue-Token': entry.queueToken } };
    }
    await sleep(200);
  }
}

const HOUR_MS = 3_600_000;
const at = (hours: number) => new Date(Date.now() + hours * HOUR_MS).toISOString();

/** Creates a schedule. @returns the ids of its seats */
async function newHall(admin: User, reader: User, seats: number): Promise<number[]> {
  const concert = parse(await post('/concerts', admin, { title: 'Bench' })).result.id;
  const schedule = parse(
    await post(`/concerts/${concert}/schedules`, admin, {
      bookingStartAt: at(-1),
      bookingEndAt: at(24),
      startAt: at(48),
      endAt: at(50),
      seats: [{ from: 1, to: seats, price: 100 }],
    }),
  ).result.id;
  const path = `/concerts/schedules/${schedule}/seats`;
  const { items } = parse(await client.send({ method: 'GET', path, headers: reader.headers }));
  return items.map((seat: { id: number }) => seat.id);
}

/** Sends all requests at once. @returns the wall time in ms and the number of successes */
async function atOnce(
  requests: (() => Promise<LoadResponse>)[],
): Promise<{ ms: number; ok: number }> {
  const started = performance.now();
  const responses = await Promise.all(requests.map((send) => send()));
  const ms = performance.now() - started;
  return { ms, ok: responses.filter(({ status }) => status === 200).length };
}

const median = (numbers: number[]) =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] as number;

interface Figures {
  charge: number;
  oneSeat: number;
  seats: number;
  lone: number;
}

async function measure(users: readonly User[], seats: number[]): Promise<Figures> {
  const [one] = users as [User];
  const book = (user: User, seat: number) => post(`/concerts/seats/${seat}/book`, user);
  const expected = (what: string, { ms, ok }: { ms: number; ok: number }, count: number) => {
    if (ok !== count) throw new Error(`${what}: ${ok} succeeded, not ${count}.`);
    return ms;
  };
  const charge = await atOnce(
    Array.from({ length: RUSH }, () => () => post('/points/charge', one, { amount: 1 })),
  );
  const seat = seats.pop() as number;
  const oneSeat = await atOnce(users.slice(0, RUSH).map((user) => () => book(user, seat)));
  const chosen = seats.splice(0, users.length);
  const different = await atOnce(
    users.map((user, index) => () => book(user, chosen[index] as number)),
  );
  const lone: number[] = [];
  for (const each of seats.splice(0, LONE)) lone.push((await book(one, each)).ms);
  return {
    charge: expected('charges', charge, RUSH),
    oneSeat: expected('one seat', oneSeat, 1),
    seats: expected('different seats', different, users.length),
    lone: median(lone),
  };
}

/** How much longer the first rush after a start takes than those after it, as a ratio of wall times. */
async function measureColdStart(users: readonly User[], seats: number[]): Promise<number> {
  await Promise.all([api.stop(), worker.stop()]);
  [worker, api] = await Promise.all([
    system.startWorker(),
    system.startApi({ PORT: String(port) }),
  ]);
  const rush = async () => {
    const { ms, ok } = await atOnce(
      users.slice(0, RUSH).map((user) => () => post(`/concerts/seats/${seats.pop()}/book`, user)),
    );
    if (ok !== RUSH) throw new Error(`After a start: ${ok} of ${RUSH} bookings succeeded.`);
    return ms;
  };
  const cold = await rush();
  const warm: number[] = [];
  while (warm.length < WARM_RUSHES) warm.push(await rush());
  return cold / median(warm);
}

try {
  const admin = await userWith('operator', 'admin');
  const users = await Promise.all(
    Array.from({ length: userCount }, (_, index) => admitted(`user ${index}`)),
  );
  const rows: { settings: string; figures: Figures }[] = [];
  const memory: string[] = [];
  const coldRatios: number[] = [];
  for (const batchSize of [256, 1]) {
    if (batchSize !== 256) {
      memory.push(`API ${api.residentMb()} MB, worker ${worker.residentMb()} MB`);
      for (let repeat = 0; repeat < repeats; repeat += 1) {
        const seats = await newHall(admin, users[0] as User, (WARM_RUSHES + 1) * RUSH);
        coldRatios.push(await measureColdStart(users, seats));
      }
      await worker.stop();
      worker = await system.startWorker({ BATCH_SIZE: String(batchSize) });
    }
    const found: Figures[] = [];
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      const seats = await newHall(admin, users[0] as User, userCount + LONE + 1);
      found.push(await measure(users, seats));
    }
    const medianOf = (pick: (figures: Figures) => number) => median(found.map(pick));
    const figures = {
      charge: medianOf((each) => each.charge),
      oneSeat: medianOf((each) => each.oneSeat),
      seats: medianOf((each) => each.seats),
      lone: medianOf((each) => each.lone),
    };
    rows.push({ settings: `batches of ${batchSize}`, figures });
  }
  const [lanes, baseline] = rows as [(typeof rows)[0], (typeof rows)[0]];
  const line = (what: string, key: keyof Figures, unit: (ms: number) => string) => {
    const [mine, theirs] = [lanes.figures[key], baseline.figures[key]];
    const ratio = (mine / theirs).toFixed(2);
    console.log(`| ${what} | ${unit(mine)} | ${unit(theirs)} | ${ratio} |`);
  };
  const inMs = (ms: number) => `${ms.toFixed(ms < 20 ? 1 : 0)} ms`;
  const asRate = (ms: number) => `${inMs(ms)} (${Math.round((userCount / ms) * 1000)}/s)`;
  console.log(`\nMedians of ${repeats}; ratio of wall times.\n`);
  console.log('| | batches of 256 | one transaction per job | ratio |\n| --- | --- | --- | --- |');
  line(`${RUSH} charges of one user at once`, 'charge', inMs);
  line(`${RUSH} bookings of one seat at once`, 'oneSeat', inMs);
  line(`${userCount} bookings of different seats at once`, 'seats', asRate);
  line('a single booking, p50', 'lone', inMs);
  const ratios = coldRatios.map((ratio) => ratio.toFixed(2)).join(', ');
  console.log(
    `\nThe first ${RUSH} bookings of different seats after a start, to later ones: ${ratios}`,
  );
  console.log(`\nResident memory after the first part: ${memory.join()}`);
  console.log(`Audit: ${auditOf(system.environment)}`);
} finally {
  client.close();
  await system.stop();
}
