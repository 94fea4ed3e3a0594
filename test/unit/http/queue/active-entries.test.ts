/** When an active entry is known from memory, and when its row is read. */
import { beforeEach, expect, test } from 'vitest';
import { ActiveEntries } from '../../../../src/http/queue/active-entries.ts';

let now: number;
/** The expiry in each entry's row. */
let rows: Map<number, number>;
let read: number[];
let entries: ActiveEntries;

beforeEach(() => {
  now = 1000;
  rows = new Map([[7, 5000]]);
  read = [];
  entries = new ActiveEntries({
    async activeUntil(number) {
      read.push(number);
      return rows.get(number);
    },
    now: () => now,
  });
});

test('an active entry is read once in five seconds, because its session may end early', async () => {
  rows.set(7, 60_000);
  expect(await entries.isActive(7)).toBe(true);
  now = 5999;
  expect(await entries.isActive(7)).toBe(true);
  expect(read).toEqual([7]);
  now = 6000;
  rows.clear();
  expect(await entries.isActive(7)).toBe(false);
});

test('an active entry is read once until its expiry', async () => {
  expect(await entries.isActive(7)).toBe(true);
  now = 4999;
  rows.clear();
  expect(await entries.isActive(7)).toBe(true);
  expect(read).toEqual([7]);
});

test('an entry is read again at its expiry, and remains active if an order has prolonged it', async () => {
  await entries.isActive(7);
  now = 5000;
  rows.set(7, 9000);
  expect(await entries.isActive(7)).toBe(true);
  now = 8999;
  expect(await entries.isActive(7)).toBe(true);
  expect(read).toEqual([7, 7]);
});

test('an entry that has ended is not active after its expiry, and is read for each request', async () => {
  await entries.isActive(7);
  now = 5000;
  rows.clear();
  expect(await entries.isActive(7)).toBe(false);
  expect(await entries.isActive(7)).toBe(false);
  expect(read).toEqual([7, 7, 7]);
});

test('a forgotten entry is read again', async () => {
  rows.set(8, 5000);
  for (const number of [7, 8]) await entries.isActive(number);
  entries.forget(7);
  for (const number of [7, 8]) await entries.isActive(number);
  expect(read).toEqual([7, 8, 7]);
  entries.forgetAll();
  for (const number of [7, 8]) await entries.isActive(number);
  expect(read).toEqual([7, 8, 7, 7, 8]);
});
