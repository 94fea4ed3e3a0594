/** How many polls per second a queue causes, against the rule of the client for each user. */
import { expect, test } from 'vitest';
import { pollsPerSecond } from '../../../../scripts/simulate/polls.ts';
import { pollDelayMs } from '../../../../src/client/api/waiting-queue.ts';

test.each([
  [100, 25],
  [3000, 25],
  [100_000, 25],
  [1_000_000, 250],
])(
  '%i waiting users with %i admissions/s poll as often as the sum over all users of the client',
  (waiting, admitPerSecond) => {
    let sum = 0;
    for (let position = 1; position <= waiting; position += 1) {
      sum += 1000 / pollDelayMs(position / admitPerSecond, () => 0.5);
    }
    expect(pollsPerSecond(waiting, admitPerSecond) / sum).toBeCloseTo(1, 2);
  },
);
