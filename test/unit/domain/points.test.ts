/** Points: whole numbers, never negative. */
import { expect, test } from 'vitest';
import { charge, decideUse } from '../../../src/domain/points.ts';

test('a charge adds', () => {
  expect(charge(5, 7)).toEqual({ balance: 12 });
});

test('points can be used down to nothing, and not below', () => {
  expect(decideUse(5, 5).change).toEqual({ balance: 0 });
  expect(decideUse(5, 6).refusal?.code).toBe('INSUFFICIENT_POINTS');
});
