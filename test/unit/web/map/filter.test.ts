/** Which seats a filter shows. */
import { describe, expect, test } from 'vitest';
import {
  isFiltering,
  isWanted,
  leftOut,
  NO_FILTER,
  withPrice,
} from '../../../../src/web/map/filter.ts';

const seat = (price: number, section: string | null = 'A') => ({
  ...{ id: price, row: null, number: 1, state: 'available' as const },
  price,
  section,
});

test('both limits of the price are inclusive', () => {
  const wanted = (price: number) => isWanted({ minPrice: 50, maxPrice: 80 }, seat(price));
  expect([49, 50, 80, 81].map(wanted)).toEqual([false, true, true, false]);
});

test('a section leaves out seats of others, and seats and areas without one', () => {
  const filter = { section: 'A' };
  expect(isWanted(filter, seat(1))).toBe(true);
  expect(isWanted(filter, seat(1, 'B'))).toBe(false);
  expect(isWanted(filter, seat(1, null))).toBe(false);
  expect(isWanted(filter, { price: 1 })).toBe(false);
});

test('no filter leaves nothing out', () => {
  const seats = [seat(0, null), seat(9, 'B')];
  expect([...leftOut(NO_FILTER, seats)]).toEqual([0, 0]);
  expect([...leftOut({ minPrice: 9 }, seats)]).toEqual([1, 0]);
  expect(isFiltering(NO_FILTER)).toBe(false);
  expect(isFiltering({ minPrice: 0 })).toBe(true);
});

describe('a limit that is set', () => {
  test('moves the other limit if they would cross', () => {
    expect(withPrice({ maxPrice: 50 }, 'minPrice', 80)).toEqual({ minPrice: 80, maxPrice: 80 });
    expect(withPrice({ minPrice: 80 }, 'maxPrice', 50)).toEqual({ minPrice: 50, maxPrice: 50 });
  });

  test('leaves the other limit and the section alone otherwise', () => {
    const filter = { section: 'A', minPrice: 10 };
    expect(withPrice(filter, 'maxPrice', 50)).toEqual({ ...filter, maxPrice: 50 });
    expect(withPrice(filter, 'minPrice', undefined)).toEqual({ section: 'A', minPrice: undefined });
  });
});
