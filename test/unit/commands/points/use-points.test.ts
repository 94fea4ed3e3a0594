/** The amounts that a user can use. */
import { expect, test } from 'vitest';
import { usePoints } from '../../../../src/commands/points/use-points.ts';

test.each([1, 2_147_483_647])('%d points can be used', (amount) => {
  expect(usePoints.input.parse({ amount })).toEqual({ amount });
});

test.each([0, -1, 0.5, 2_147_483_648, 1e308, Number.NaN, '5', null, undefined, [5]])(
  '%o points cannot be used',
  (amount) => {
    expect(usePoints.input.safeParse({ amount }).success).toBe(false);
  },
);
