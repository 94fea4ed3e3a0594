/** The delays of calls that failed. */
import { expect, test } from 'vitest';
import { retryDelay, TRIES_MAX } from '../../../../workers/outbox/backoff.ts';

const delays = (random: number) =>
  Array.from({ length: TRIES_MAX - 1 }, (_, place) => retryDelay(place + 1, random));

test('a delay doubles with each try, up to ten seconds', () => {
  expect(delays(0.5)).toEqual([1000, 2000, 4000, 8000, 10_000, 10_000, 10_000]);
});

test('a delay differs at random by up to 30 percent', () => {
  expect(delays(0).slice(0, 2)).toEqual([700, 1400]);
  expect(delays(1).slice(0, 2)).toEqual([1300, 2600]);
  expect(delays(1).at(-1)).toBe(13_000);
});
