/** Pages of lists: limits, cursors, and rows that are added between pages. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectProblem } from '../../../support/http/problems.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';

/** More than one page of the default limit in every list. */
const ROWS = 25;

let seatlane: TestSeatlane;
let ada: { token: string; queueToken: string };
let concertId: number;
/** Each list of the API, with the number of its rows. */
let lists: { path: string; add(): Promise<unknown>; isNewestFirst: boolean }[];

beforeAll(async () => {
  seatlane = await startSeatlane({ settings: { MAX_SEATS_PER_USER: '100' } });
  const { client } = seatlane;
  const seats = [{ section: 'A', row: '1', from: 1, to: 4 * ROWS, price: 1 }];
  const schedule = await client.schedule({ seats });
  ({ concertId } = schedule);
  ada = await client.admitted('ada');
  const admin = await client.tokenFor('operator', 'admin');
  const { bookingStartAt, bookingEndAt, startAt, endAt } = schedule;
  const free = schedule.seats.map(({ id }) => id);
  const oneSeat = [{ from: 1, to: 1, price: 1 }];
  const body = { bookingStartAt, bookingEndAt, startAt, endAt, seats: oneSeat };
  lists = [
    { path: '/concerts', add: () => client.concert('Another'), isNewestFirst: true },
    {
      path: '/concerts/bookings',
      add: () => client.command('POST', `/concerts/seats/${free.shift()}/book`, ada),
      isNewestFirst: true,
    },
    {
      path: '/orders',
      add: () =>
        client.command('POST', '/orders', {
          ...ada,
          body: { scheduleId: schedule.id, seatIds: [free.shift()] },
        }),
      isNewestFirst: true,
    },
    {
      path: '/points/history',
      add: () => client.command('POST', '/points/charge', { ...ada, body: { amount: 1 } }),
      isNewestFirst: true,
    },
    {
      path: `/concerts/${concertId}/schedules/bookable`,
      add: () => client.command('POST', `/concerts/${concertId}/schedules`, { token: admin, body }),
      isNewestFirst: false,
    },
  ];
  await Promise.all(lists.flatMap(({ add }) => Array.from({ length: ROWS }, add)));
});
afterAll(() => seatlane.stop());

async function page(path: string, query: Record<string, string | number>) {
  const text = new URLSearchParams(query as Record<string, string>).toString();
  const { status, body } = await seatlane.client.request('GET', `${path}?${text}`, ada);
  expect(status).toBe(200);
  expect(Object.keys(body).toSorted()).toEqual(['items', 'nextCursor']);
  return body as { items: { id: number }[]; nextCursor: string | null };
}

const ids = (items: readonly { id: number }[]) => items.map(({ id }) => id);

async function allIds(path: string, limit: number): Promise<number[]> {
  const found: number[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { items, nextCursor } = await page(path, { limit, ...(cursor && { cursor }) });
    expect(items.length).toBeLessThanOrEqual(limit);
    found.push(...ids(items));
    cursor = nextCursor;
  }
  return found;
}

test('every list returns each row once and in order, whatever the limit', async () => {
  for (const { path, isNewestFirst } of lists) {
    const all = await allIds(path, 100);
    expect(all.length).toBeGreaterThanOrEqual(ROWS);
    expect(new Set(all).size).toBe(all.length);
    for (const limit of [1, 7, all.length - 1, all.length]) {
      expect(await allIds(path, limit)).toEqual(all);
    }
    const ascending = all.toSorted((one, other) => one - other);
    expect(all).toEqual(isNewestFirst ? ascending.toReversed() : ascending);
  }
});

test('a page has 20 rows by default, and no cursor if no rows follow', async () => {
  for (const { path } of lists) {
    const { items, nextCursor } = await page(path, {});
    expect(items).toHaveLength(20);
    expect(nextCursor).toEqual(expect.any(String));
    const total = (await allIds(path, 100)).length;
    expect((await page(path, { limit: total })).nextCursor).toBeNull();
  }
});

test('rows that are added between two pages do not shift later pages', async () => {
  for (const { path, add, isNewestFirst } of lists) {
    const before = await allIds(path, 100);
    const first = await page(path, { limit: 10 });
    await Promise.all([add(), add(), add()]);
    const rest = await page(path, { limit: 100, cursor: first.nextCursor ?? '' });
    const seen = [...ids(first.items), ...ids(rest.items)];
    expect(isNewestFirst ? seen : seen.slice(0, before.length)).toEqual(before);
  }
});

test('history lines with the same time are neither lost nor repeated', async () => {
  await seatlane.rows(`update point_history set created_at = '2026-01-02 03:04:05.678901Z'`);
  const path = '/points/history';
  const all = await allIds(path, 100);
  for (const limit of [1, 4]) expect(await allIds(path, limit)).toEqual(all);
});

test('a user without rows has an empty list', async () => {
  const nobody = await seatlane.client.tokenFor('nobody');
  for (const path of ['/orders', '/concerts/bookings', '/points/history']) {
    const { body } = await seatlane.client.request('GET', path, { token: nobody });
    expect(body).toEqual({ items: [], nextCursor: null });
  }
});

test('a cursor from another user’s list does not reveal that list', async () => {
  const { nextCursor } = await page('/concerts/bookings', { limit: 1 });
  const token = await seatlane.client.tokenFor('bea');
  const path = `/concerts/bookings?cursor=${nextCursor}`;
  expect((await seatlane.client.request('GET', path, { token })).body.items).toEqual([]);
});

test('a cursor from another kind of list is refused', async () => {
  const { nextCursor } = await page('/concerts', { limit: 1 });
  const answer = await seatlane.client.request('GET', `/points/history?cursor=${nextCursor}`, ada);
  expectProblem(answer, 400, 'VALIDATION_FAILED');
});
