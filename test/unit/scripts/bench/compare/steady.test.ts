/** The search for the highest rate that a system keeps. */
import { expect, test } from 'vitest';
import { highestKept } from '../../../../../scripts/bench/compare/steady.ts';

/** A system that keeps up to so many a second, and what it was asked. */
function systemOf(capacity: number) {
  const tried: number[] = [];
  const keeps = async (rate: number) => {
    tried.push(rate);
    return rate <= capacity;
  };
  return { tried, keeps };
}

test.each([
  [900, 100],
  [900, 5000],
  [60, 5000],
  [7000, 6500],
])('a system that keeps %i a second is found out, beginning at %i', async (capacity, first) => {
  const { keeps } = systemOf(capacity);
  const highest = await highestKept(keeps, { first, refinements: 4 });
  expect(highest).toBeLessThanOrEqual(capacity);
  // Four halvings of a gap of factor two.
  expect(highest).toBeGreaterThan(capacity / 2 ** (1 / 16) - 1);
});

test('a system that keeps nothing keeps 0, and is not asked for ever', async () => {
  const { keeps, tried } = systemOf(1);
  expect(await highestKept(keeps, { first: 800, refinements: 3 })).toBe(0);
  expect(tried).toEqual([800, 400, 200, 100, 50]);
});

test('a system that keeps everything ends at the highest rate that the load can make', async () => {
  const { keeps } = systemOf(Number.POSITIVE_INFINITY);
  expect(await highestKept(keeps, { first: 6000, refinements: 3 })).toBe(20_000);
});
