/** What a rate of admission means, in users an hour and in the wait of the last one. */
import { expect, test } from 'vitest';
import { isRate, perHour, secondsUntilLast } from '../../../../../src/web/board/queues/rates.ts';

const rate = (admitLimit: number, admitWindowSeconds: number) => ({
  admitLimit,
  admitWindowSeconds,
});

test.each([
  [rate(100, 10), 36_000],
  [rate(1, 3600), 1],
  [rate(7, 60), 420],
])('%j admits %i users an hour', (given, expected) => {
  expect(perHour(given)).toBe(expected);
});

test.each([
  [0, 0],
  [1, 0],
  [100, 0],
  [101, 10],
  [1000, 90],
])('the last of %i who wait is admitted after %i s at the earliest', (waiting, expected) => {
  expect(secondsUntilLast(waiting, rate(100, 10))).toBe(expected);
});

test('no users or no time is no rate', () => {
  expect([rate(1, 1), rate(0, 1), rate(1, 0), rate(Number.NaN, 1)].map(isRate)).toEqual([
    true,
    false,
    false,
    false,
  ]);
});
