/** Seats side by side. */
import { expect, test } from 'vitest';
import { chooseAdjacent } from '../../../src/domain/adjacent-seats.ts';

const seat = (id: number, range: number, number: number, price = 10) => ({
  id,
  range,
  number,
  price,
});
const choose = (free: ReturnType<typeof seat>[], quantity: number, priceMax = 1000) =>
  chooseAdjacent(free, { quantity, priceMax })?.map(({ id }) => id);

test('a gap in the numbers, or another range, is no neighbourhood', () => {
  expect(choose([seat(1, 0, 1), seat(2, 0, 3), seat(3, 1, 4)], 2)).toBeUndefined();
});

test('the cheapest run wins, and among equals the first in the hall', () => {
  const hall = [seat(1, 0, 1, 50), seat(2, 0, 2, 50), seat(3, 1, 1), seat(4, 1, 2), seat(5, 1, 3)];
  expect(choose(hall.toReversed(), 2)).toEqual([3, 4]);
});

test('no seat costs more than allowed', () => {
  expect(choose([seat(1, 0, 1, 50), seat(2, 0, 2, 50)], 2, 49)).toBeUndefined();
});

test('one seat is always its own neighbour', () => {
  expect(choose([seat(9, 0, 4)], 1)).toEqual([9]);
  expect(choose([], 1)).toBeUndefined();
});
