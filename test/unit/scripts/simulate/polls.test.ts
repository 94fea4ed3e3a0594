/** How many looks a second a queue causes. */
import { expect, test } from 'vitest';
import { pauseAfter, pollsPerSecond } from '../../../../scripts/simulate/polls.ts';
import { nextLookMs } from '../../../../src/client/queue.ts';

test.each([0, 5, 12, 60, 179, 180, 40_000])(
  'after %i s of waiting it pauses as our client does',
  (wait) => {
    expect(pauseAfter(wait)).toBeCloseTo(nextLookMs(wait, () => 0.5) / 1000);
  },
);

test.each([
  [100, 25],
  [3000, 25],
  [100_000, 25],
  [1_000_000, 250],
])('%i waiting, %i admitted a second: the sum over all who wait', (waiting, admitPerSecond) => {
  let sum = 0;
  for (let place = 1; place <= waiting; place += 1) sum += 1 / pauseAfter(place / admitPerSecond);
  expect(pollsPerSecond(waiting, admitPerSecond) / sum).toBeCloseTo(1, 2);
});
