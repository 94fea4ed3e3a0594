/** Categories of seats by price, or as the hall names them. */
import { expect, test } from 'vitest';
import { categoriesOf } from '../../../../../src/web/map/draw/categories.ts';
import { CATEGORIES_MAX } from '../../../../../src/web/map/draw/palette.ts';
import type { MapSeat } from '../../../../../src/web/map/filter.ts';

const seat = (price: number, category?: number): MapSeat => ({
  ...{ id: 1, section: null, row: null, number: 1, state: 'available' as const },
  price,
  category,
});

test('without names each price is a category, the lowest first', () => {
  const { all, tiers } = categoriesOf([seat(90), seat(30), seat(90)]);
  expect(all).toEqual([
    { tier: 0, from: 30, to: 30, ofHall: [] },
    { tier: 1, from: 90, to: 90, ofHall: [] },
  ]);
  expect([...tiers]).toEqual([1, 0, 1]);
});

test('more prices than colours share them with their neighbours', () => {
  const prices = Array.from({ length: 20 }, (_, index) => 10 * (index + 1));
  const { all, tiers } = categoriesOf(prices.map((price) => seat(price)));
  expect(all).toHaveLength(CATEGORIES_MAX);
  expect(all[0]).toMatchObject({ from: 10, to: 40 });
  expect(all.at(-1)?.to).toBe(200);
  expect([...tiers]).toEqual([...tiers].toSorted());
});

test('categories of the hall are told apart at one price', () => {
  const { all } = categoriesOf([seat(50, 1), seat(50, 0)]);
  expect(all.map(({ ofHall }) => ofHall)).toEqual([[1], [0]]);
});

test('a hall without seats has no categories', () => {
  expect(categoriesOf([]).all).toEqual([]);
});
