/** Seats side by side: which run of them is chosen. */
import { expect, test } from 'vitest';
import { chooseAdjacent, type PlacedSeat } from '../../../src/domain/adjacent-seats.ts';

const seat = (id: number, range: number, number: number, price = 10): PlacedSeat => ({
  ...{ id, range, number, price },
});
const choose = (free: PlacedSeat[], quantity: number, priceMax = 1000) =>
  chooseAdjacent(free, { quantity, priceMax })?.map(({ id }) => id);

test('a gap in the numbers, or another range, is no neighbourhood', () => {
  expect(choose([seat(1, 0, 1), seat(2, 0, 3), seat(3, 1, 4)], 2)).toBeUndefined();
});

test('the last seat of a range and the first of the next are no neighbours', () => {
  expect(choose([seat(1, 0, 4), seat(2, 1, 5)], 2)).toBeUndefined();
});

test('the cheapest run wins, and among equals the first in the hall', () => {
  const hall = [seat(1, 0, 1, 50), seat(2, 0, 2, 50), seat(3, 1, 1), seat(4, 1, 2), seat(5, 1, 3)];
  expect(choose(hall, 2)).toEqual([3, 4]);
});

test('the order in which free seats come makes no difference', () => {
  const hall = [seat(1, 0, 1), seat(2, 0, 2), seat(3, 0, 3), seat(4, 1, 1), seat(5, 1, 2)];
  for (let turned = 0; turned < hall.length; turned += 1) {
    const shuffled = [...hall.slice(turned), ...hall.slice(0, turned)].toReversed();
    expect(choose(shuffled, 2)).toEqual([1, 2]);
  }
});

test('the seats come in the order of their numbers', () => {
  expect(choose([seat(1, 0, 9), seat(2, 0, 8), seat(3, 0, 7)], 3)).toEqual([3, 2, 1]);
});

test('no seat costs more than allowed, and one of that price is taken', () => {
  const pair = [seat(1, 0, 1, 50), seat(2, 0, 2, 50)];
  expect(choose(pair, 2, 49)).toBeUndefined();
  expect(choose(pair, 2, 50)).toEqual([1, 2]);
});

test('a dear seat between two cheap ones parts them', () => {
  expect(choose([seat(1, 0, 1), seat(2, 0, 2, 99), seat(3, 0, 3)], 2, 50)).toBeUndefined();
});

test('one seat is always its own neighbour, and the cheapest is chosen', () => {
  expect(choose([seat(8, 0, 3, 20), seat(9, 0, 4)], 1)).toEqual([9]);
  expect(choose([], 1)).toBeUndefined();
});

test('more seats than there are cannot be had', () => {
  expect(choose([seat(1, 0, 1), seat(2, 0, 2)], 3)).toBeUndefined();
});

test('the list of free seats is left as it was', () => {
  const free = [seat(2, 0, 2), seat(1, 0, 1)];
  choose(free, 2);
  expect(free.map(({ id }) => id)).toEqual([2, 1]);
});
