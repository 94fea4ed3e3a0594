/** The amounts that a user can charge. */
import { expect, test } from 'vitest';
import { chargePoints } from '../../../../src/commands/points/charge-points.ts';

test.each([1, 10_000_000])('%d points can be charged', (amount) => {
  expect(chargePoints.input.parse({ amount })).toEqual({ amount });
});

test.each([
  0,
  -0,
  -1,
  0.5,
  10_000_001,
  2 ** 53,
  1e308,
  Number.POSITIVE_INFINITY,
  Number.NaN,
  '5',
  null,
  undefined,
  true,
  [5],
  { valueOf: () => 5 },
])('%o points cannot be charged', (amount) => {
  expect(chargePoints.input.safeParse({ amount }).success).toBe(false);
});
