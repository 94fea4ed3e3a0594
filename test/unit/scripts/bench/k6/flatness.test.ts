/** Whether samples of a soak are flat. */
import { expect, test } from 'vitest';
import {
  flatnessOf,
  type Sample,
  warmUpSeconds,
} from '../../../../../scripts/bench/k6/flatness.ts';

const HOUR = 3600;
/** A sample each minute of an hour. */
const series = (valueAt: (seconds: number) => number): Sample[] =>
  Array.from({ length: 61 }, (_, minute) => ({
    seconds: minute * 60,
    value: valueAt(minute * 60),
  }));

test('a series that rises steadily grows, and one that goes up and down is flat', () => {
  const rising = flatnessOf(
    series((seconds) => 100 + seconds / 60),
    0,
  );
  expect(rising).toMatchObject({ isFlat: false, perHour: expect.closeTo(60) });
  const swinging = flatnessOf(
    series((seconds) => 100 + (seconds % 120 ? 20 : -20)),
    0,
  );
  expect(swinging.isFlat).toBe(true);
});

test('what happens in the warm-up does not count', () => {
  const filling = series((seconds) => Math.min(seconds, 600));
  expect(flatnessOf(filling, 0)).toMatchObject({ isFlat: true, first: 600, last: 600 });
});

test('a series may rise by its allowance', () => {
  const rising = series((seconds) => 5 + (3 * seconds) / HOUR);
  expect(flatnessOf(rising, 3).isFlat).toBe(true);
  expect(flatnessOf(rising, 1).isFlat).toBe(false);
});

test('a falling series is flat', () => {
  expect(
    flatnessOf(
      series((seconds) => HOUR - seconds),
      0,
    ).isFlat,
  ).toBe(true);
});

test('the warm-up is a third of a run, and at least six minutes of half an hour', () => {
  expect([20, 900, 1800, 7200].map(warmUpSeconds)).toEqual([10, 360, 600, 2400]);
});
