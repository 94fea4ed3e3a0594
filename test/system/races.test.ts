/**
 * The promises under a rush: a thousand requests at once against one API process and two worker
 * processes. What counts is what the database says afterwards; the answers have to agree with it.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/connection/orm.ts';
import type { AdmittedUser, Answer, TestClient } from '../support/http/client.ts';
import { BOOKINGS } from '../support/orders.ts';
import { cloneServices, type TestServices } from '../support/services/database.ts';
import {
  startApiProcess,
  startWorkerProcess,
  type TestProcess,
} from '../support/services/processes.ts';
import { databaseRows } from '../support/services/rows.ts';
import { waitFor } from '../support/wait-for.ts';

const RUSH = 1000;
/** Users act minutes after they were admitted, on a busy machine. */
const settings = { CLAIM_SECONDS: '3600', QUEUE_TOKEN_SECONDS: '3600' };

let services: TestServices;
let client: TestClient;
let users: AdmittedUser[];
const processes: TestProcess[] = [];
let rows: <Row extends object>(text: string) => Promise<Row[]>;
let closeDatabase: () => Promise<void>;

beforeAll(async () => {
  services = await cloneServices();
  const orm = await openDatabase({ ...services, connectionsMax: 2, applicationName: 'test' });
  rows = databaseRows(orm);
  closeDatabase = () => orm.close();
  const api = await startApiProcess(services, settings);
  client = api.client;
  const start = () => startWorkerProcess(services, settings);
  const workers = await Promise.all([start(), start()]);
  processes.push(api, ...workers);
  const subjects = Array.from({ length: RUSH }, (_, index) => `user ${index}`);
  users = await Promise.all(subjects.map((subject) => client.admitted(subject)));
});

afterAll(async () => {
  await Promise.all(processes.map((process) => process.stop()));
  await closeDatabase();
});

function tally(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, body } of answers) {
    const name = status === 200 ? 'ok' : String(body.code);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/**
 * A command as a client sends it: a machine that is busy elsewhere refuses requests that it could not serve in time, and these are sent
 * again under their key.
 */
async function insist(path: string, options: AdmittedUser & { body?: object }): Promise<Answer> {
  const headers = { 'Idempotency-Key': randomUUID() };
  for (;;) {
    const answer = await client.command('POST', path, { ...options, headers });
    if (answer.status !== 503) return answer;
  }
}

test('two worker processes share the lanes', async () => {
  const owners = await rows<{ owner: string; lanes: number }>(
    `select owner, count(*)::int as lanes from lane where in_use group by owner`,
  );
  expect(owners.map(({ lanes }) => lanes)).toEqual([8, 8]);
});

test('a thousand users who enter at once get a thousand numbers without a gap', async () => {
  const [numbers] = await rows<{ places: number; distinct: number; span: number }>(
    `select count(*)::int as places, count(distinct number)::int as distinct,
       (max(number) - min(number) + 1)::int as span from queue_entry`,
  );
  expect(numbers).toEqual({ places: RUSH, distinct: RUSH, span: RUSH });
});

test('a seat is held by exactly one of a thousand users', async () => {
  const schedule = await client.schedule();
  const seatId = schedule.seats[0]?.id;
  const path = `/concerts/seats/${seatId}/book`;
  const answers = await Promise.all(users.map((user) => insist(path, user)));
  expect(tally(answers)).toEqual({ ok: 1, SEAT_ALREADY_HELD: RUSH - 1 });
  const held = await rows<{ id: number }>(`select id from booking where seat_id = ${seatId}`);
  expect(held).toHaveLength(1);
});

test('a thousand charges of one user give the exact sum', async () => {
  const [user] = users as [AdmittedUser];
  const charge = () => insist('/points/charge', { ...user, body: { amount: 7 } });
  const answers = await Promise.all(Array.from({ length: RUSH }, charge));
  expect(tally(answers)).toEqual({ ok: RUSH });
  const balances = new Set(answers.map(({ body }) => body.result.balance));
  expect(balances.size).toBe(RUSH);
  expect((await client.request('GET', '/points', user)).body).toEqual({ balance: 7 * RUSH });
});

test('exactly 50 of 70 uses of one point succeed on a balance of 50', async () => {
  const [, user] = users as [AdmittedUser, AdmittedUser];
  await client.command('POST', '/points/charge', { ...user, body: { amount: 50 } });
  const use = () => insist('/points/use', { ...user, body: { amount: 1 } });
  const answers = await Promise.all(Array.from({ length: 70 }, use));
  expect(tally(answers)).toEqual({ ok: 50, INSUFFICIENT_POINTS: 20 });
  expect((await client.request('GET', '/points', user)).body).toEqual({ balance: 0 });
});

test('exactly one of 20 payments of a booking takes the points', async () => {
  const user = await client.admitted('pays twenty times');
  const schedule = await client.schedule();
  const path = `/concerts/seats/${schedule.seats[0]?.id}/book`;
  const held = await client.command('POST', path, user);
  await client.command('POST', '/points/charge', { ...user, body: { amount: 1000 } });
  const pay = `/concerts/bookings/${held.body.result.id}/pay`;
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => client.command('POST', pay, user)),
  );
  const counts = tally(answers);
  expect(counts.ok).toBe(1);
  // The queue token ends with the payment: who asks after it may hear that first.
  const late = (counts.PAYMENT_ALREADY_PROCESSED ?? 0) + (counts.QUEUE_TOKEN_INVALID ?? 0);
  expect(late).toBe(19);
  expect((await client.request('GET', '/points', user)).body).toEqual({ balance: 900 });
});

test('a thousand retries with one idempotency key charge once', async () => {
  const user = users[3] as AdmittedUser;
  const headers = { 'Idempotency-Key': 'one charge, many tries' };
  const charge = () =>
    client.command('POST', '/points/charge', { ...user, body: { amount: 5 }, headers });
  const answers = await Promise.all(Array.from({ length: RUSH }, charge));
  // A machine that is busy elsewhere refuses requests that it could not serve in time.
  const last = await waitFor('the charge is carried out', async () => {
    const answer = await charge();
    return answer.status === 200 && answer;
  });
  const served = [...answers, last].filter(({ status }) => status !== 503);
  expect(new Set(served.map(({ body }) => body.id)).size).toBe(1);
  expect((await client.request('GET', '/points', user)).body).toEqual({ balance: 5 });
});

test('a thousand users who book different seats at once all succeed', async () => {
  const seats = [{ from: 1, to: RUSH, price: 10 }];
  const schedule = await client.schedule({ seats });
  const answers = await Promise.all(
    users.map((user, index) => insist(`/concerts/seats/${schedule.seats[index]?.id}/book`, user)),
  );
  expect(tally(answers)).toEqual({ ok: RUSH });
});

test('the seat of an expiring hold goes to its payer or to the next booking, never to both', async () => {
  const count = 100;
  const schedule = await client.schedule({ seats: [{ from: 1, to: count, price: 10 }] });
  const [first, last] = [schedule.seats[0]?.id, schedule.seats.at(-1)?.id];
  const holders = users.slice(100, 100 + count);
  const others = users.slice(300, 300 + count);
  const book = (user: AdmittedUser, index: number) =>
    client.command('POST', `/concerts/seats/${schedule.seats[index]?.id}/book`, user);
  const held = await Promise.all(holders.map(book));
  expect(tally(held)).toEqual({ ok: count });
  await Promise.all(
    holders.map((user) =>
      client.command('POST', '/points/charge', { ...user, body: { amount: 10 } }),
    ),
  );
  // Every second hold runs out, one after another while the requests arrive; the others stay. So both orders happen on any machine.
  await rows(`
    with ended as (
      update seat set held_until = clock_timestamp()
        + case (id - ${first}) % 2 when 0 then (id - ${first}) * interval '20 ms' else interval '1 hour' end
      where id between ${first} and ${last} returning id, held_until
    ), bookings as (
      update booking set hold_expires_at = held_until from ended where seat_id = ended.id
      returning order_id, hold_expires_at)
    update app_order set hold_expires_at = bookings.hold_expires_at from bookings
    where app_order.id = order_id`);
  const [payments, bookings] = await Promise.all([
    Promise.all(
      holders.map((user, index) =>
        client.command('POST', `/concerts/bookings/${held[index]?.body.result.id}/pay`, user),
      ),
    ),
    Promise.all(others.map(book)),
  ]);
  const paid = tally(payments).ok ?? 0;
  const booked = tally(bookings).ok ?? 0;
  const both = payments.filter(
    (answer, index) => answer.status === 200 && bookings[index]?.status === 200,
  );
  expect(both).toHaveLength(0);
  // Both orders have happened: holds that stay are paid in time, the first seat goes to the next user.
  expect(paid).toBeGreaterThan(0);
  expect(booked).toBeGreaterThan(0);
  const states = await rows<{ state: string; seats: number }>(
    `select state, count(*)::int as seats from ${BOOKINGS}
     where seat_id between ${first} and ${last} and state in ('held', 'paid') group by state`,
  );
  const live = Object.fromEntries(states.map(({ state, seats }) => [state, seats]));
  expect(live.paid ?? 0).toBe(paid);
  expect(live.held ?? 0).toBeGreaterThanOrEqual(booked);
});

test('three hundred places of an area go to three hundred of a thousand users, also if a worker is killed', async () => {
  const capacity = 300;
  const areas = [{ name: 'Standing', capacity, price: 10 }];
  const schedule = await client.schedule({ areas });
  const path = `/concerts/schedules/${schedule.id}/areas`;
  const looker = users[0] as AdmittedUser;
  const [area] = (await client.request('GET', path, looker)).body.items;
  const body = { scheduleId: schedule.id, areas: [{ areaId: area.id, quantity: 1 }] };
  const buying = users.map((user) => insist('/orders', { ...user, body }));
  await Promise.race(buying);
  await processes.pop()?.kill();
  expect(tally(await Promise.all(buying))).toEqual({ ok: capacity, AREA_HELD: RUSH - capacity });
  expect((await client.request('GET', path, looker)).body.items).toMatchObject([
    { available: 0, held: capacity, sold: 0 },
  ]);
  const [counted] = await rows<{ bookings: number }>(
    `select count(*)::int as bookings from booking where area_id = ${area.id} and area_held_until is not null`,
  );
  expect(counted).toEqual({ bookings: capacity });
});
