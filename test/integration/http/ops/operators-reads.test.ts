/** Operators read schedules and seats without a queue entry, and see why seats are blocked. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Schedule, Seat } from '../../../../src/commands/schemas/resources.ts';
import type { AdmittedUser } from '../../../support/http/client.ts';
import { expectProblem } from '../../../support/http/problems.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';

let seatlane: TestSeatlane;
let token: string;
let buyer: AdmittedUser;
let schedule: Schedule & { seats: Seat[] };
beforeAll(async () => {
  seatlane = await startSeatlane();
  token = await seatlane.client.tokenFor('operator', 'admin');
  buyer = await seatlane.client.admitted('ada');
  schedule = await seatlane.client.schedule();
  const body = { isPaused: true };
  await seatlane.client.command('POST', '/admin/admission', { token, body });
});
afterAll(() => seatlane.stop());
beforeEach(async () => {
  const body = { seatIds: schedule.seats.map(({ id }) => id) };
  await seatlane.client.command('POST', '/concerts/seats/release', { token, body });
});

const path = (form: string) => `/concerts/schedules/${schedule.id}/${form}`;
const asOperator = (etag?: string) => ({
  token,
  headers: etag === undefined ? {} : { 'If-None-Match': etag },
});
const block = (place: number, reason: string) =>
  seatlane.client.command('POST', '/concerts/seats/block', {
    token,
    body: { seatIds: [schedule.seats[place]?.id], reason },
  });

test('operators can read seats, states and bookable schedules without a queue token while admission is paused', async () => {
  const bookable = `/concerts/${schedule.concertId}/schedules/bookable`;
  for (const each of [path('seats'), path('availability'), bookable]) {
    expect((await seatlane.client.request('GET', each, { token })).status, each).toBe(200);
    const refused = await seatlane.client.request('GET', each, { token: buyer.token });
    expectProblem(refused, 403, 'QUEUE_TOKEN_REQUIRED');
  }
  const stream = await fetch(seatlane.client.base + path('events'), {
    headers: { Authorization: `Bearer ${token}` },
  });
  expect(stream.status).toBe(200);
  await stream.body?.cancel();
});

test('an operator needs a queue token to book', async () => {
  const book = `/concerts/seats/${schedule.seats[0]?.id}/book`;
  const answer = await seatlane.client.command('POST', book, { token });
  expectProblem(answer, 403, 'QUEUE_TOKEN_REQUIRED');
});

test('a blocked seat has a reason for operators and appears as held and blocked to buyers', async () => {
  await block(1, 'Camera position');
  const { body } = await seatlane.client.request('GET', path('seats'), { token });
  expect(body.items).toHaveLength(10);
  expect(body.items[1]).toEqual({
    ...schedule.seats[1],
    state: 'held',
    isBlocked: true,
    blockedReason: 'Camera position',
  });
  expect(body.items[0]).toEqual({ ...schedule.seats[0], blockedReason: null });
  const shown = await seatlane.client.request('GET', path('seats'), buyer);
  expect(shown.body.items[1]).toEqual({ ...schedule.seats[1], state: 'held', isBlocked: true });
  expect(JSON.stringify(shown.body)).not.toMatch(/blockedReason|Camera/);
  const heldToBuyers = await seatlane.client.request('GET', path('seats?state=held'), buyer);
  expect(heldToBuyers.body.items).toEqual([shown.body.items[1]]);
  const held = await seatlane.client.request('GET', path('seats?state=held'), { token });
  expect(held.body.items).toEqual([body.items[1]]);
});

test('a new reason creates a new version of the seat map for operators and none for buyers', async () => {
  await block(2, 'Broken');
  const before = await seatlane.client.request('GET', path('seats'), { token });
  const etag = before.headers.get('etag') as string;
  expect((await seatlane.client.request('GET', path('seats'), asOperator(etag))).status).toBe(304);
  const shown = await seatlane.client.request('GET', path('seats'), buyer);
  const buyersEtag = shown.headers.get('etag') as string;
  expect(buyersEtag).not.toBe(etag);

  await block(2, 'Repaired tomorrow');
  const after = await seatlane.client.request('GET', path('seats'), asOperator(etag));
  expect(after.status).toBe(200);
  expect(after.body.items[2].blockedReason).toBe('Repaired tomorrow');
  const ask = (tag: string) =>
    seatlane.client.request('GET', path('seats'), { ...buyer, headers: { 'If-None-Match': tag } });
  expect((await ask(buyersEtag)).status).toBe(304);
  // A browser used by an operator and then by a buyer must not show the operator's cached response.
  expect((await ask(after.headers.get('etag') as string)).status).toBe(200);
});

test('an operator gets 404 for a schedule that does not exist', async () => {
  const answer = await seatlane.client.request('GET', '/concerts/schedules/999999/seats', {
    token,
  });
  expectProblem(answer, 404, 'SCHEDULE_NOT_FOUND');
});
