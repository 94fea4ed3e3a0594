/** A request for the best seats never gets seats outside its price range or its section. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isPriceWanted, isSectionWanted } from '../../../../src/domain/best-seats/seat-filter.ts';
import {
  chosenIn,
  freeSeatsOf,
  type RangeWithSeats,
} from '../../../support/halls/read-free-seats.ts';

test('both limits of the price are inclusive, and a missing lower limit is none', () => {
  const wanted = (price: number) => isPriceWanted({ priceMin: 50, priceMax: 80 }, price);
  expect([49, 50, 80, 81].map(wanted)).toEqual([false, true, true, false]);
  expect(isPriceWanted({ priceMax: 80 }, 0)).toBe(true);
});

test('a section without a name is not the section that a request names', () => {
  const filter = { priceMax: 1, section: 'A' };
  const wanted = ['A', 'a', null].map((section) => isSectionWanted(filter, { section }));
  expect(wanted).toEqual([true, false, false]);
  expect(isSectionWanted({ priceMax: 1 }, { section: null })).toBe(true);
});

const price = fc.integer({ min: 1, max: 6 });
const section = fc.constantFrom('A', 'B', 'C');
const hall = fc.array(fc.record({ section: fc.option(section), price, seats: price }), {
  minLength: 1,
  maxLength: 12,
});
const request = fc.record({
  quantity: fc.integer({ min: 1, max: 4 }),
  priceMin: fc.option(price, { nil: undefined }),
  priceMax: price,
  section: fc.option(section, { nil: undefined }),
  prefer: fc.constantFrom('best' as const, 'cheapest' as const),
});

test('the choice lies within the request, and there is one if a range allows it', () => {
  fc.assert(
    fc.property(hall, request, (ranges, wanted) => {
      const built = ranges.map(
        ({ seats, ...of }, range): RangeWithSeats => ({
          ...of,
          range,
          row: `${range}`,
          first: 1,
          last: seats,
          free: Array.from({ length: seats }, (_, index) => ({
            id: range * 100 + index + 1,
            range,
            number: index + 1,
          })),
        }),
      );
      const allowed = built.filter(
        ({ price: of, section: name, last }) =>
          of >= (wanted.priceMin ?? 0) &&
          of <= wanted.priceMax &&
          (wanted.section === undefined || name === wanted.section) &&
          last >= wanted.quantity,
      );
      const chosen = chosenIn(freeSeatsOf(built), wanted);
      expect(chosen !== undefined).toBe(allowed.length > 0);
      for (const seat of chosen ?? [])
        expect(allowed.map((each) => each.range)).toContain(seat.range);
    }),
  );
});
