/** Halls, schedules made of them and accessible seats over HTTP, by the client of operators and buyers. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SeatlaneOperator } from '../../../../src/client/index.ts';
import type { Schedule } from '../../../../src/commands/schemas/resources.ts';
import {
  largePlan,
  SMALL_PLAN,
  SMALL_PRICES,
  SMALL_SEATS,
} from '../../../support/halls/hall-plans.ts';
import { scheduleBody } from '../../../support/http/client.ts';
import { expectProblem } from '../../../support/http/problems.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';

let seatlane: TestSeatlane;
let token: string;
let operator: SeatlaneOperator;
beforeAll(async () => {
  seatlane = await startSeatlane();
  token = await seatlane.client.tokenFor('operator', 'admin');
  operator = new SeatlaneOperator({ baseUrl: seatlane.client.base, token });
});
afterAll(() => seatlane.stop());

const { seats: _, ...times } = scheduleBody();

async function scheduleOf(change: object = {}, more: object = {}): Promise<Schedule> {
  const { id: hallId } = await operator.createHall({ name: 'Opera House', plan: SMALL_PLAN });
  const { id: concertId } = await seatlane.client.concert();
  const hall = { hallId, version: 1, prices: SMALL_PRICES, ...change };
  return operator.createSchedule(concertId, { ...times, hall, ...more } as never);
}

test('a hall is created, saved again, listed and read', async () => {
  const made = await operator.createHall({ name: ' Opera  House ', plan: SMALL_PLAN });
  expect(made).toMatchObject({ name: 'Opera House', version: 1, seatCount: SMALL_SEATS });
  const { id } = made;
  const plan = {
    categories: [{ name: 'Best' }],
    sections: [],
    areas: SMALL_PLAN.areas?.slice(0, 0),
  };
  await expect(operator.saveHall(id, { baseVersion: 1, plan })).rejects.toMatchObject({
    code: 'VALIDATION_FAILED',
  });
  const saved = await operator.saveHall(id, { baseVersion: 1, plan: SMALL_PLAN });
  expect(saved).toEqual({ ...made, version: 2 });
  expect(await operator.hall(id)).toEqual(saved);
  expect((await operator.halls()).items[0]).toEqual(saved);
  const again = operator.saveHall(id, { baseVersion: 1, plan: SMALL_PLAN });
  await expect(again).rejects.toMatchObject({ code: 'HALL_CHANGED' });
});

test('pages of halls do not overlap', async () => {
  for (const name of ['One', 'Two', 'Three']) await operator.createHall({ name, plan: SMALL_PLAN });
  const names: string[] = [];
  for await (const hall of operator.eachHall({ limit: 2 })) names.push(hall.name);
  expect(names.slice(0, 3)).toEqual(['Three', 'Two', 'One']);
});

test('a saved version is read by anybody, kept by caches, and never changes', async () => {
  const { id } = await operator.createHall({ name: 'Opera House', plan: SMALL_PLAN });
  const path = `${seatlane.client.base}/halls/${id}/versions/1`;
  const response = await fetch(path);
  expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect(await response.json()).toEqual({
    hallId: id,
    version: 1,
    plan: SMALL_PLAN,
    seatCount: SMALL_SEATS,
    createdAt: expect.stringMatching(/Z$/),
  });
  const headers = { 'If-None-Match': response.headers.get('etag') ?? '' };
  const known = await fetch(path, { headers });
  expect(known.status).toBe(304);
  expect(known.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  await operator.saveHall(id, { baseVersion: 1, plan: { ...SMALL_PLAN, areas: [] } });
  expect((await operator.hallVersion(id, 1)).plan).toEqual(SMALL_PLAN);
  expect((await operator.hallVersion(id, 2)).plan.areas).toEqual([]);
});

test('50,000 seats come back as they were sent', async () => {
  const plan = largePlan();
  const { id, seatCount } = await operator.createHall({ name: 'Arena', plan });
  expect(seatCount).toBe(50_000);
  expect((await operator.hallVersion(id, 1)).plan).toEqual(plan);
});

test('what is missing is not found', async () => {
  const { client } = seatlane;
  for (const path of ['/halls/999999', '/halls/999999/versions/1', '/halls/1/versions/99']) {
    expectProblem(await client.request('GET', path, { token }), 404, 'HALL_NOT_FOUND');
  }
  const far = await client.request('GET', '/halls/1/versions/2147483648', { token });
  expectProblem(far, 400, 'VALIDATION_FAILED');
  const none = operator.saveHall(999_999, { baseVersion: 1, plan: SMALL_PLAN });
  await expect(none).rejects.toMatchObject({ code: 'HALL_NOT_FOUND' });
});

test.each([undefined, 'gate'] as const)('role %s gets none of it', async (role) => {
  const { client } = seatlane;
  const other = { token: await client.tokenFor('somebody', role) };
  for (const path of ['/halls', '/halls/1']) {
    expectProblem(await client.request('GET', path, other), 403, 'FORBIDDEN');
  }
  for (const [path, body] of [
    ['/halls', { name: 'Mine', plan: SMALL_PLAN }],
    ['/halls/1/versions', { baseVersion: 1, plan: SMALL_PLAN }],
  ] as const) {
    expectProblem(await client.request('POST', path, { ...other, body }), 403, 'FORBIDDEN');
  }
});

test('a plan that stays too large when it is packed is refused', async () => {
  const seats = Array.from({ length: 50_000 }, (_, index) => ({
    number: index + 1,
    x: (index * index * 31) % 99_991,
    y: (index * index * 17) % 99_991,
    category: 'Best',
  }));
  const sections = [{ name: 'Chaos', rows: [{ name: 'A', seats }] }];
  const plan = { categories: [{ name: 'Best' }], sections };
  const answer = await seatlane.client.request('POST', '/halls', {
    token,
    body: { name: 'Chaos', plan },
  });
  expectProblem(answer, 400, 'VALIDATION_FAILED');
  expect(answer.body.errors).toEqual([
    { path: 'plan', message: expect.stringMatching(/irregular.*at most 512 kB/) },
  ]);
});

test('a schedule of a hall says so in its lists, and its seats name their categories', async () => {
  const until = times.bookingEndAt;
  const schedule = await scheduleOf({}, { accessibleUntil: until });
  expect(schedule).toMatchObject({
    seatCount: SMALL_SEATS + 50,
    categories: [
      { name: 'Best', colour: '#0072b2', price: 90 },
      { name: 'Cheap', colour: null, price: 40 },
    ],
  });
  const { hall, categories, accessibleUntil } = schedule;
  const [listed] = (await operator.schedules(schedule.concertId)).items;
  expect(listed).toMatchObject({ hall, categories, accessibleUntil });
  const ada = await seatlane.client.admitted('ada');
  const [first, , third] = await seatlane.client.seats(schedule.id, ada);
  expect(first).toMatchObject({ number: 1, price: 90, category: 0, kind: 'accessible' });
  expect(third).not.toHaveProperty('kind');
});

test('a schedule without a hall has none of it', async () => {
  const { concertId, seats } = await seatlane.client.schedule();
  const [listed] = (await operator.schedules(concertId)).items;
  expect(listed).toMatchObject({ hall: null, categories: null, accessibleUntil: null });
  expect(seats[0]).not.toHaveProperty('category');
});

test('a category without a price and an unknown hall are refused', async () => {
  const prices = { Best: 90 };
  await expect(scheduleOf({ prices })).rejects.toMatchObject({ code: 'CATEGORY_WITHOUT_PRICE' });
  await expect(scheduleOf({ version: 9 })).rejects.toMatchObject({ code: 'HALL_NOT_FOUND' });
});

test('an accessible seat is ordered by who asks for it', async () => {
  const { id } = await scheduleOf();
  const { client } = seatlane;
  const bea = await client.admitted('bea');
  const [accessible, companion] = await client.seats(id, bea);
  const order = (body: object) =>
    client.command('POST', '/orders', { ...bea, body: { scheduleId: id, ...body } });
  const seatIds = [accessible?.id, companion?.id];
  expectProblem(await order({ seatIds }), 409, 'SEAT_RESERVED');
  const alone = await order({ seatIds: [companion?.id], accessible: true });
  expectProblem(alone, 409, 'COMPANION_ALONE');
  const booked = await client.command('POST', `/concerts/seats/${accessible?.id}/book`, bea);
  expectProblem(booked, 409, 'SEAT_RESERVED');
  const held = await order({ seatIds, accessible: true });
  expect(held.body.result).toMatchObject({ state: 'held', total: 180 });
});
