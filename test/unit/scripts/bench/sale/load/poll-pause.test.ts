/** The load pauses between two polls as the client does, up to another longest pause. */
import { expect, test } from 'vitest';
import { pollPauseMs } from '../../../../../../scripts/bench/sale/load/poll-pause.ts';
import { pollDelayMs } from '../../../../../../src/client/api/waiting-queue.ts';

test.each([0, 5, 12, 60, 179, 180, 40_000])(
  'with the longest pause of the client, the pause for a wait of %i s is that of the client',
  (wait) => {
    for (const drawn of [0, 0.5, 0.99]) {
      expect(pollPauseMs(wait, 15, () => drawn)).toBeCloseTo(pollDelayMs(wait, () => drawn));
    }
  },
);

test('a longer wait pauses up to the given time', () => {
  expect(pollPauseMs(600, 100, () => 0.5)).toBe(50_000);
  expect(pollPauseMs(40_000, 100, () => 0.5)).toBe(100_000);
});
