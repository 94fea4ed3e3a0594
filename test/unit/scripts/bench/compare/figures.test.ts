/** The statistics of the comparison. */
import { describe, expect, test } from 'vitest';
import {
  latenciesOf,
  median,
  percentile,
  zipf,
} from '../../../../../scripts/bench/compare/figures.ts';

const hundred = Array.from({ length: 100 }, (_, index) => index + 1);

test.each([
  [0, 1],
  [0.5, 50],
  [0.95, 95],
  [0.99, 99],
  [1, 100],
])('the percentile %d of the numbers 1 to 100 is %d', (share, value) => {
  expect(percentile(hundred, share)).toBe(value);
});

test('the median does not depend on the order', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([7])).toBe(7);
  expect(median([])).toBeNaN();
});

test('latencies are sorted as numbers, not as text', () => {
  expect(latenciesOf([100, 9, 20])).toEqual({ meanMs: 43, p50Ms: 20, p95Ms: 100, p99Ms: 100 });
});

describe('Zipf’s law', () => {
  test('draws the first for the smallest random number and the last for the largest', () => {
    expect(zipf(10, 1, () => 0)()).toBe(0);
    expect(zipf(10, 1, () => 0.999999)()).toBe(9);
  });

  test('draws the first twice as often as the second, for an exponent of one', () => {
    const counts = [0, 0, 0, 0];
    let at = 0;
    const draw = zipf(4, 1, () => at);
    for (let step = 0; step < 25_000; step += 1) {
      at = step / 25_000;
      const drawn = draw();
      counts[drawn] = (counts[drawn] as number) + 1;
    }
    expect((counts[0] as number) / (counts[1] as number)).toBeCloseTo(2, 1);
    expect((counts[0] as number) / (counts[3] as number)).toBeCloseTo(4, 1);
  });
});
