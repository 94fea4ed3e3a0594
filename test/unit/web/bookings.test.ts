/** An order without an answer is sent again under its key until its places are seen. */
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { CommandOptions } from '../../../src/client/index.ts';

// Other files of this thread may have loaded these with other replacements.
let bookings: typeof import('../../../src/web/bookings.ts');
let Unreachable: typeof import('../../../src/client/errors.ts').Unreachable;
beforeAll(async () => {
  vi.resetModules();
  bookings = await import('../../../src/web/bookings.ts');
  ({ Unreachable } = await import('../../../src/client/errors.ts'));
});
afterAll(() => vi.resetModules());

/** The ids of the user's live holds, as the API lists them. */
let held: number[];
/** The keys with which orders were sent. */
let keys: (string | undefined)[];
/** What the API answers an order; undefined: the answer is lost. */
let placed: number[] | undefined;

const bookingsOf = (ids: readonly number[]) =>
  ids.map((id) => ({ id, state: 'held', holdExpiresAt: '2999-01-01T00:00:00Z' }));

const api = {
  bookings: async () => ({ items: bookingsOf(held) }),
  async order(_: object, { idempotencyKey }: CommandOptions) {
    keys.push(idempotencyKey);
    if (!placed) throw new Unreachable('POST /orders', 3, idempotencyKey ?? 'a key', new Error());
    return { bookings: bookingsOf(placed), holdExpiresAt: '2999-01-01T00:00:00Z' };
  },
};

// These read the browser's storage.
vi.mock('../../../src/web/api.ts', () => ({
  callApi: (call: (given: typeof api) => unknown) => call(api),
}));
vi.mock('../../../src/web/queue-entry.ts', () => ({ prolongAdmission: () => undefined }));
vi.mock('../../../src/web/session.ts', () => ({
  user: { get: () => null, subscribe: () => undefined },
}));

const order = () => bookings.holdBest(7, { quantity: 2 });
const loseOrder = async () => {
  placed = undefined;
  await expect(order()).rejects.toBeInstanceOf(Unreachable);
};

let nextId = 1;
beforeEach(async () => {
  held = [nextId++];
  keys = [];
  await bookings.readBookings();
  placed = [nextId++];
  await order();
  keys = [];
});

test('an older hold does not stand for an order without an answer', async () => {
  await loseOrder();
  await bookings.readBookings();
  placed = [nextId++];
  await order();
  expect(keys).toEqual([undefined, 'a key']);
});

test('a hold that was just placed does not stand for an order without an answer', async () => {
  await loseOrder();
  held.push(nextId - 1);
  await bookings.readBookings();
  placed = [nextId++];
  await order();
  expect(keys).toEqual([undefined, 'a key']);
});

test('after a new hold has appeared, the same order is a new wish', async () => {
  await loseOrder();
  held.push(nextId++);
  await bookings.readBookings();
  placed = [nextId++];
  await order();
  expect(keys).toEqual([undefined, undefined]);
});
