/** The search for the highest rate that a system sustains. */
import { expect, test } from 'vitest';
import { highestSustained } from '../../../../../scripts/bench/compare/steady.ts';

/** A system that sustains up to `capacity` per second, with the rates that were tried. */
function systemOf(capacity: number) {
  const tried: number[] = [];
  const sustains = async (rate: number) => {
    tried.push(rate);
    return rate <= capacity;
  };
  return { tried, sustains };
}

test.each([
  [900, 100],
  [900, 5000],
  [60, 5000],
  [7000, 6500],
])('a capacity of %i per second is found from a first rate of %i', async (capacity, first) => {
  const { sustains } = systemOf(capacity);
  const highest = await highestSustained(sustains, { first, refinements: 4 });
  expect(highest).toBeLessThanOrEqual(capacity);
  // Four bisections of a factor of two.
  expect(highest).toBeGreaterThan(capacity / 2 ** (1 / 16) - 1);
});

test('a system that sustains no rate has the capacity 0, and the search ends', async () => {
  const { sustains, tried } = systemOf(1);
  expect(await highestSustained(sustains, { first: 800, refinements: 3 })).toBe(0);
  expect(tried).toEqual([800, 400, 200, 100, 50]);
});

test('the search ends at the highest rate that the load generator supports', async () => {
  const { sustains } = systemOf(Number.POSITIVE_INFINITY);
  expect(await highestSustained(sustains, { first: 6000, refinements: 3 })).toBe(20_000);
});
