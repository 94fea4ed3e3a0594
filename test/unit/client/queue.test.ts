/** How often a place in the queue is looked at. */
import { expect, test } from 'vitest';
import { nextLookMs } from '../../../src/client/queue.ts';

const even = () => 0.5;

test('a place is looked at twelve times a wait, each second at most, each 15 seconds at least', () => {
  const waits = [0, 5, 60, 120, 179, 180, 1000, 100_000];
  const looks = waits.map((seconds) => Math.round(nextLookMs(seconds, even)));
  expect(looks).toEqual([1000, 1000, 5000, 10_000, 14_917, 15_000, 15_000, 15_000]);
});

test('those who came together look at different times', () => {
  expect([() => 0, () => 1].map((random) => Math.round(nextLookMs(60, random)))).toEqual([
    4000, 6000,
  ]);
});
