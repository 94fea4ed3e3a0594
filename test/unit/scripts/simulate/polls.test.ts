/** How many polls per second a queue causes. */
import { expect, test } from 'vitest';
import { pollDelay, pollsPerSecond } from '../../../../scripts/simulate/polls.ts';
import { pollDelayMs } from '../../../../src/client/api/waiting-queue.ts';

test.each([0, 5, 12, 60, 179, 180, 40_000])(
  'the delay for an estimated wait of %i s is that of the client',
  (wait) => {
    expect(pollDelay(wait)).toBeCloseTo(pollDelayMs(wait, () => 0.5) / 1000);
  },
);

test.each([
  [100, 25],
  [3000, 25],
  [100_000, 25],
  [1_000_000, 250],
])(
  '%i waiting users with %i admissions/s poll as often as the sum over all users',
  (waiting, admitPerSecond) => {
    let sum = 0;
    for (let position = 1; position <= waiting; position += 1) {
      sum += 1 / pollDelay(position / admitPerSecond);
    }
    expect(pollsPerSecond(waiting, admitPerSecond) / sum).toBeCloseTo(1, 2);
  },
);
