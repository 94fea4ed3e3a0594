/** Several seats at once: named, or the best that are free, and never both. */
import { describe, expect, test } from 'vitest';
import { bookSeats } from '../../../src/commands/book-seats.ts';

const accepts = (input: unknown) => bookSeats.input.safeParse(input).success;
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe('named seats', () => {
  test('are one to ten', () => {
    expect(accepts({ seatIds: [] })).toBe(false);
    expect(accepts({ seatIds: upTo(1) })).toBe(true);
    expect(accepts({ seatIds: upTo(10) })).toBe(true);
    expect(accepts({ seatIds: upTo(11) })).toBe(false);
  });

  test.each([[[7, 7]], [[7, 8, 7]]])('%j names a seat twice', (seatIds) => {
    expect(accepts({ seatIds })).toBe(false);
  });

  test.each([[[0]], [[1.5]], [['1']], [[1, null]], [[2 ** 53]], [[[1]]], [7], [{ 0: 1 }]])(
    '%j are no seats',
    (seatIds) => {
      expect(accepts({ seatIds })).toBe(false);
    },
  );
});

describe('the best seats', () => {
  const best = (bestAvailable: unknown, rest: object = { scheduleId: 1 }) => ({
    ...{ bestAvailable, ...rest },
  });

  test.each([
    [{ quantity: 1 }],
    [{ quantity: 10 }],
    [{ quantity: 2, maxPrice: 0 }],
    [{ quantity: 2, maxPrice: 2_147_483_647 }],
    [{ quantity: 2, section: 'Stalls', prefer: 'best' }],
    [{ quantity: 2, prefer: 'cheapest' }],
  ])('can be %j', (wish) => {
    expect(accepts(best(wish))).toBe(true);
  });

  test.each([
    [{}],
    [{ quantity: 0 }],
    [{ quantity: 11 }],
    [{ quantity: 1.5 }],
    [{ quantity: '2' }],
    [{ quantity: 1e308 }],
    [{ quantity: 2, maxPrice: -1 }],
    [{ quantity: 2, maxPrice: 2_147_483_648 }],
    [{ quantity: 2, maxPrice: null }],
    [{ quantity: 2, priceMax: 5 }],
    [{ quantity: 2, section: '' }],
    [{ quantity: 2, section: null }],
    [{ quantity: 2, prefer: 'dearest' }],
    [null],
  ])('cannot be %j', (wish) => {
    expect(accepts(best(wish))).toBe(false);
  });

  test('are of a schedule', () => {
    expect(accepts(best({ quantity: 2 }, {}))).toBe(false);
    expect(accepts(best({ quantity: 2 }, { scheduleId: 0 }))).toBe(false);
  });

  test('and named seats do not go together', () => {
    const both = { seatIds: [1], scheduleId: 1, bestAvailable: { quantity: 2 } };
    expect(accepts(both)).toBe(false);
    expect(accepts({ seatIds: [1], bestAvailable: { quantity: 2 } })).toBe(false);
    expect(accepts({ seatIds: [1], scheduleId: 1 })).toBe(false);
  });

  test('or named seats: one of them is asked for', () => {
    expect(accepts({})).toBe(false);
    expect(accepts({ scheduleId: 1 })).toBe(false);
  });
});
