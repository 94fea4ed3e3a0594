/** Balances and their history change together. */
import { expect, test } from 'vitest';
import { PointRows } from '../../../../../workers/rows/points/point-rows.ts';

const line = { userId: 1, kind: 'charge', jobId: 'job' } as const;

test('a move sets the balance and adds a line to the history', () => {
  const points = new PointRows();
  points.load({ userId: 1, balance: 5, isNew: false });
  points.load({ userId: 2, balance: 8, isNew: true });
  points.move({ ...line, amount: 2, balance: 7 });
  points.move({ ...line, kind: 'use', amount: 6, balance: 1 });
  expect(points.get(1)?.balance).toBe(1);
  expect([...points.changed]).toEqual([{ userId: 1, balance: 1, isNew: false }]);
  expect(points.history.map(({ amount, balance }) => [amount, balance])).toEqual([
    [2, 7],
    [6, 1],
  ]);
});

test('points that no need declared cannot move', () => {
  const points = new PointRows();
  expect(() => points.move({ ...line, amount: 2, balance: 7 })).toThrow('A handler moved points');
  expect(points.history).toEqual([]);
});
