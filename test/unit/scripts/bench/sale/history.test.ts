/** What users were told is compared with the database: each difference is counted, on both sides. */
import { describe, expect, test } from 'vitest';
import type { UserView } from '../../../../../scripts/bench/sale/buyer.ts';
import { FATES } from '../../../../../scripts/bench/sale/crowd.ts';
import {
  differingBalances,
  differingCheckouts,
  differingEntries,
  differingOrders,
} from '../../../../../scripts/bench/sale/history.ts';

const view: UserView = {
  user: 0,
  queue: 0,
  orderId: 7,
  order: 'paid',
  quantity: 2,
  total: 200,
  balance: 0,
  checkout: { id: 3, state: 'paid' },
  tickets: 2,
  entry: 'paid',
};

describe('entries', () => {
  const QUEUE_ID = 2;
  const crowd = {
    fates: Uint8Array.from([FATES.indexOf('admitted'), FATES.indexOf('sold out')]),
    numbers: Float64Array.from([1, 2]),
    queueOf: Uint8Array.from([0, 0]),
  };
  const rows = [
    { user: 0, number: 1, admittedAt: 5, queue: QUEUE_ID, reason: 'paid' },
    { user: 1, number: 2, admittedAt: null, queue: QUEUE_ID, reason: 'sold-out' },
  ] as const;
  const differing = (changed: object) =>
    differingEntries([{ ...rows[0], ...changed }, rows[1]], {
      crowd,
      views: [view],
      queueIds: [QUEUE_ID],
    });

  test('those that are as their users saw them do not differ', () => {
    expect(differing({})).toBe(0);
  });

  test.each([
    ['another number', { number: 3 }],
    ['another queue', { queue: 3 }],
    ['no admission', { admittedAt: null }],
    ['another end', { reason: 'expired' }],
    ['no end', { reason: null }],
  ])('%s is found', (_, changed) => {
    expect(differing(changed)).toBe(1);
  });

  test('a second entry of a user is found, and a user without an entry', () => {
    expect(differing({ user: 1 })).toBe(3);
  });
});

describe('orders', () => {
  const row = { user: 0, id: 7, state: 'paid', total: 200, quantity: 2 };

  test('an order that is as its user was told does not differ', () => {
    expect(differingOrders([row], [view])).toBe(0);
  });

  test.each([
    ['user', { user: 1 }],
    ['state', { state: 'expired' }],
    ['total', { total: 100 }],
    ['quantity', { quantity: 1 }],
  ])('another %s is found', (_, changed) => {
    expect(differingOrders([{ ...row, ...changed }], [view])).toBe(1);
  });

  test('an order that nobody was told of is found, and one that is not in the database', () => {
    expect(differingOrders([row], [])).toBe(1);
    expect(differingOrders([], [view])).toBe(1);
  });
});

test('a balance differs from what its user was told; without a row it is 0', () => {
  expect(differingBalances([], [view])).toBe(0);
  expect(differingBalances([{ user: 0, balance: 1 }], [view])).toBe(1);
});

test('a checkout differs in its state, or is missing on either side', () => {
  expect(differingCheckouts([{ id: 3, state: 'paid' }], [view])).toBe(0);
  expect(differingCheckouts([{ id: 3, state: 'credited' }], [view])).toBe(1);
  expect(differingCheckouts([], [view])).toBe(1);
  expect(differingCheckouts([{ id: 4, state: 'paid' }], [{ ...view, checkout: undefined }])).toBe(
    1,
  );
});
