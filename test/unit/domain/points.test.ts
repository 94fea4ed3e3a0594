/** Charging and using points. */
import { expect, test } from 'vitest';
import { charge, decideUse } from '../../../src/domain/points.ts';
import { provePrecedence } from './rules.ts';

interface Input {
  balance: number;
  amount: number;
}

provePrecedence(
  ({ balance, amount }: Input) => decideUse(balance, amount),
  { input: { balance: 5, amount: 6 }, reason: 'INSUFFICIENT_POINTS' },
  [{ fixed: 'the missing point', by: { balance: 6 }, reason: undefined }],
);

test('a charge adds to the balance', () => {
  expect(charge(5, 7)).toEqual({ amount: 7, balance: 12 });
});

test('points can be used until the balance is zero', () => {
  expect(decideUse(5, 5).change).toEqual({ amount: 5, balance: 0 });
  expect(decideUse(5, 2).change).toEqual({ amount: 2, balance: 3 });
});

test('a refusal names the points needed and the balance', () => {
  expect(decideUse(5, 6).refusal?.detail).toBe('6 points are needed; the balance is 5.');
});
