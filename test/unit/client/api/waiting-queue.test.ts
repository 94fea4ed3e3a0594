/** How often the client polls its queue entry. */
import { expect, test } from 'vitest';
import { pollDelayMs } from '../../../../src/client/api/waiting-queue.ts';

const noJitter = () => 0.5;

test('an entry is polled twelve times per wait, with 1 to 15 s between two polls', () => {
  const waits = [0, 5, 60, 120, 179, 180, 1000, 100_000];
  const delays = waits.map((seconds) => Math.round(pollDelayMs(seconds, noJitter)));
  expect(delays).toEqual([1000, 1000, 5000, 10_000, 14_917, 15_000, 15_000, 15_000]);
});

test('clients that entered at the same time poll at different times', () => {
  const delays = [() => 0, () => 1].map((random) => Math.round(pollDelayMs(60, random)));
  expect(delays).toEqual([4000, 6000]);
});
