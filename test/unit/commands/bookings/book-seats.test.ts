/** The input for booking several seats: either their ids, or a request for the best available seats. */
import { describe, expect, test } from 'vitest';
import { bookSeats } from '../../../../src/commands/bookings/book-seats.ts';

const accepts = (input: unknown) => bookSeats.input.safeParse(input).success;
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe('named seats', () => {
  test('are 1 to 10 ids', () => {
    expect(accepts({ seatIds: [] })).toBe(false);
    expect(accepts({ seatIds: upTo(1) })).toBe(true);
    expect(accepts({ seatIds: upTo(10) })).toBe(true);
    expect(accepts({ seatIds: upTo(11) })).toBe(false);
  });

  test.each([[[7, 7]], [[7, 8, 7]]])('cannot be %j, which names a seat twice', (seatIds) => {
    expect(accepts({ seatIds })).toBe(false);
  });

  test.each([[[0]], [[1.5]], [['1']], [[1, null]], [[2 ** 53]], [[[1]]], [7], [{ 0: 1 }]])(
    'cannot be %j',
    (seatIds) => {
      expect(accepts({ seatIds })).toBe(false);
    },
  );
});

describe('a request for the best seats', () => {
  const best = (bestAvailable: unknown, rest: object = { scheduleId: 1 }) => ({
    bestAvailable,
    ...rest,
  });

  test.each([
    [{ quantity: 1 }],
    [{ quantity: 10 }],
    [{ quantity: 2, maxPrice: 0 }],
    [{ quantity: 2, maxPrice: 2_147_483_647 }],
    [{ quantity: 2, minPrice: 5 }],
    [{ quantity: 2, minPrice: 5, maxPrice: 5 }],
    [{ quantity: 2, section: 'Stalls', prefer: 'best' }],
    [{ quantity: 2, prefer: 'cheapest' }],
  ])('can be %j', (request) => {
    expect(accepts(best(request))).toBe(true);
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
    [{ quantity: 2, minPrice: -1 }],
    [{ quantity: 2, minPrice: 6, maxPrice: 5 }],
    [{ quantity: 2, priceMax: 5 }],
    [{ quantity: 2, section: '' }],
    [{ quantity: 2, section: null }],
    [{ quantity: 2, prefer: 'dearest' }],
    [null],
  ])('cannot be %j', (request) => {
    expect(accepts(best(request))).toBe(false);
  });

  test('needs a schedule', () => {
    expect(accepts(best({ quantity: 2 }, {}))).toBe(false);
    expect(accepts(best({ quantity: 2 }, { scheduleId: 0 }))).toBe(false);
  });

  test('cannot be combined with named seats', () => {
    const both = { seatIds: [1], scheduleId: 1, bestAvailable: { quantity: 2 } };
    expect(accepts(both)).toBe(false);
    expect(accepts({ seatIds: [1], bestAvailable: { quantity: 2 } })).toBe(false);
    expect(accepts({ seatIds: [1], scheduleId: 1 })).toBe(false);
  });

  test('or named seats must be present', () => {
    expect(accepts({})).toBe(false);
    expect(accepts({ scheduleId: 1 })).toBe(false);
  });
});
