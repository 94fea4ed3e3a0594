/** Which adjacent seats are the best. The order of the tests follows the rule in docs/outcomes.md. */
import { describe, expect, test } from 'vitest';
import {
  RangeRanking,
  type SeatRequest,
} from '../../../../src/domain/best-seats/adjacent-seats.ts';
import {
  chosenIn,
  freeSeatsOf,
  type RangeWithSeats,
} from '../../../support/halls/read-free-seats.ts';

/** An id shows the range and the number: 207 is seat 7 of range 2. */
const idOf = (range: number, number: number) => range * 100 + number;
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

/** A range of ten seats. All are free unless `free` lists the numbers of the free ones. */
function aRange(
  range: number,
  { free, ...change }: Partial<Omit<RangeWithSeats, 'free'>> & { free?: number[] } = {},
): RangeWithSeats {
  const [first, last] = [change.first ?? 1, change.last ?? 10];
  const numbers = free ?? upTo(last).slice(first - 1);
  return {
    range,
    section: 'Stalls',
    row: `row ${range}`,
    price: 100,
    first,
    last,
    ...change,
    free: numbers.map((number) => ({ id: idOf(range, number), range, number })),
  };
}

const requestFor = (quantity: number, change: Partial<SeatRequest> = {}): SeatRequest => ({
  quantity,
  priceMax: 1000,
  prefer: 'best',
  ...change,
});

function choose(ranges: RangeWithSeats[], quantity: number, change: Partial<SeatRequest> = {}) {
  return chosenIn(freeSeatsOf(ranges), requestFor(quantity, change))?.map(({ id }) => id);
}

describe('adjacent seats', () => {
  test('have consecutive numbers', () => {
    expect(choose([aRange(0, { free: [1, 3, 5, 6] })], 2)).toEqual([5, 6]);
    expect(choose([aRange(0, { free: [1, 3, 5, 7] })], 2)).toBeUndefined();
  });

  test('belong to one range, even if the numbers continue in the next range', () => {
    const halves = [aRange(0, { free: [4] }), aRange(1, { free: [5], row: 'row 0' })];
    expect(choose(halves, 2)).toBeUndefined();
  });

  test('can be a single seat', () => {
    expect(choose([aRange(0, { free: [9] })], 1)).toEqual([9]);
    expect(choose([aRange(0, { free: [] })], 1)).toBeUndefined();
  });

  test('are not found if fewer seats are free than requested', () => {
    expect(choose([aRange(0)], 11)).toBeUndefined();
    expect(choose([], 2)).toBeUndefined();
  });

  test('are returned in the order of their numbers, whatever the order of the free seats', () => {
    expect(choose([aRange(0, { free: [8, 6, 7] })], 3)).toEqual([6, 7, 8]);
  });
});

describe('the price', () => {
  const balcony = aRange(0, { section: 'Balcony', price: 20 });
  const stalls = aRange(1, { price: 80 });
  const boxes = aRange(2, { section: 'Boxes', price: 300, free: [1, 2, 3] });

  test('is the most expensive one within the limit', () => {
    expect(choose([balcony, stalls, boxes], 2)).toEqual([202, 203]);
    expect(choose([balcony, stalls, boxes], 2, { priceMax: 300 })).toEqual([202, 203]);
    expect(choose([balcony, stalls, boxes], 2, { priceMax: 299 })).toEqual([105, 106]);
    expect(choose([balcony, stalls, boxes], 2, { priceMax: 79 })).toEqual([5, 6]);
    expect(choose([balcony, stalls, boxes], 2, { priceMax: 19 })).toBeUndefined();
  });

  test('is the next lower one if too few adjacent seats have the highest', () => {
    expect(choose([balcony, stalls, boxes], 4)).toEqual([103, 104, 105, 106]);
  });

  test('is the cheapest if the request prefers the cheapest', () => {
    expect(choose([stalls, balcony, boxes], 2, { prefer: 'cheapest' })).toEqual([5, 6]);
    const cheapestBox = { prefer: 'cheapest', section: 'Boxes' } as const;
    expect(choose([stalls, boxes], 2, cheapestBox)).toEqual([202, 203]);
  });
});

describe('the front row', () => {
  test('is the first row of a section in the order of the schedule', () => {
    expect(choose([aRange(1), aRange(0), aRange(2)], 2)).toEqual([5, 6]);
  });

  test('matters more than the middle and than a single seat left over', () => {
    expect(choose([aRange(0, { free: [1, 2, 3] }), aRange(1)], 2)).toEqual([2, 3]);
  });

  test('is determined for each section: no section is behind another', () => {
    const left = [aRange(0, { free: [] }), aRange(1)];
    const right = [aRange(2, { section: 'Right' })];
    expect(choose([...left, ...right], 2)).toEqual([205, 206]);
  });

  test('can consist of several ranges: both sides of an aisle are one row', () => {
    const aisle = [
      aRange(0, { row: 'A', first: 1, last: 6, free: [1, 2] }),
      aRange(1, { row: 'A', first: 7, last: 12, free: [7, 8] }),
    ];
    expect(choose([...aisle, aRange(2, { row: 'B' })], 2)).toEqual([107, 108]);
  });

  test('is a single range if the ranges have no row name', () => {
    const noRows = [aRange(0, { row: null, free: [] }), aRange(1, { row: null })];
    expect(choose([...noRows, aRange(2, { row: null })], 2)).toEqual([105, 106]);
  });
});

describe('single seats', () => {
  test('are not left over if the row has another choice', () => {
    // Seats 2 to 4 are nearer to the middle, but would leave seat 1 alone.
    const free = [1, 2, 3, 4, 8, 9, 10];
    expect(choose([aRange(0, { free })], 3)).toEqual([8, 9, 10]);
  });

  test('are left over if there is no other choice', () => {
    expect(choose([aRange(0, { free: [4, 5, 6] })], 2)).toEqual([5, 6]);
  });

  test('are avoided for later pairs too: an even number of free seats remains on a side', () => {
    expect(choose([aRange(0, { last: 12 })], 2)).toEqual([5, 6]);
    expect(choose([aRange(0, { last: 9 })], 1)).toEqual([5]);
    expect(choose([aRange(0, { last: 11 })], 1)).toEqual([5]);
  });

  test('count twice if one is left on each side', () => {
    expect(choose([aRange(0, { free: [4, 5, 6, 7] })], 2)).toEqual([4, 5]);
    expect(choose([aRange(0, { free: [3, 4, 5, 8, 9, 10] })], 1)).toEqual([5]);
  });
});

describe('the middle of a row', () => {
  test.each([
    [1, 10, [5]],
    [2, 10, [5, 6]],
    [3, 10, [4, 5, 6]],
    [3, 11, [5, 6, 7]],
    [10, 10, upTo(10)],
  ])('is chosen for %i of %i seats', (quantity, last, numbers) => {
    expect(choose([aRange(0, { last })], quantity)).toEqual(numbers);
  });

  test('takes all seats of the row into account, also taken seats and those beyond the aisle', () => {
    expect(choose([aRange(0, { last: 20, free: upTo(8) })], 2)).toEqual([7, 8]);
    const left = aRange(0, { row: 'A', first: 1, last: 10 });
    const right = aRange(1, { row: 'A', first: 11, last: 20 });
    expect(choose([left, right], 2)).toEqual([9, 10]);
  });

  test('is taken in the earlier of two ranges that are equally good', () => {
    expect(choose([aRange(1, { section: 'Right' }), aRange(0)], 2)).toEqual([5, 6]);
  });
});

test('the choice is the best of all choices, for every pattern of free seats in a row of twelve', () => {
  const middle = 6.5;
  for (let pattern = 0; pattern < 2 ** 12; pattern += 1) {
    const free = upTo(12).filter((number) => pattern & (1 << (number - 1)));
    for (const quantity of [1, 2, 3, 5]) {
      const isFree = (number: number) => free.includes(number);
      const run = (from: number) => upTo(12).slice(from - 1, from - 1 + quantity);
      const sideOf = (from: number, step: number) => {
        let count = 0;
        while (isFree(from + step * (count + 1))) count += 1;
        return count;
      };
      const starts = free.filter(
        (from) => run(from).length === quantity && run(from).every(isFree),
      );
      const merits = starts.map((from) => {
        const sides = [sideOf(from, -1), sideOf(from + quantity - 1, 1)];
        const singles = sides.filter((side) => side === 1).length;
        const odds = sides.filter((side) => side % 2 === 1).length;
        return { from, merit: [singles, odds, Math.abs(from + (quantity - 1) / 2 - middle), from] };
      });
      const [best] = merits.toSorted(
        (a, b) => a.merit.map((each, i) => each - (b.merit[i] ?? 0)).find((less) => less) ?? 0,
      );
      const chosen = choose([aRange(0, { last: 12, free })], quantity);
      expect(chosen, `${quantity} of ${free}`).toEqual(best && run(best.from));
    }
  }
});

test('a requested section restricts the choice', () => {
  const hall = [aRange(0, { price: 300 }), aRange(1, { section: 'Circle' }), aRange(2)];
  expect(choose(hall, 2, { section: 'Circle' })).toEqual([105, 106]);
  expect(choose(hall, 2, { section: 'Roof' })).toBeUndefined();
});

describe('the free seats of a schedule', () => {
  test('never contain a seat twice while all of them are taken one pair after another', () => {
    const freeSeats = freeSeatsOf([aRange(0), aRange(1, { free: [2, 3] })]);
    const given: number[] = [];
    for (;;) {
      const seats = chosenIn(freeSeats, requestFor(2));
      if (!seats) break;
      for (const seat of seats) freeSeats.setFree(seat, false);
      given.push(...seats.map(({ id }) => id));
    }
    expect(given).toHaveLength(12);
    expect(new Set(given).size).toBe(12);
  });

  test('include freed seats, including seats that were not free at the start', () => {
    const freeSeats = freeSeatsOf([aRange(0, { free: [4] })]);
    const [four] = chosenIn(freeSeats, requestFor(1)) ?? [];
    for (const isFree of [false, false, true, true]) freeSeats.setFree(four as never, isFree);
    freeSeats.setFree({ id: 5, range: 0, number: 5 }, true);
    expect(chosenIn(freeSeats, requestFor(2))?.map(({ id }) => id)).toEqual([4, 5]);
  });

  test('are chosen without avoided seats', () => {
    const freeSeats = freeSeatsOf([aRange(0, { free: [4, 5, 6, 7] })]);
    expect(chosenIn(freeSeats, requestFor(2), new Set([5]))?.map(({ id }) => id)).toEqual([6, 7]);
    expect(chosenIn(freeSeats, requestFor(3), new Set([5]))).toBeUndefined();
  });

  test('do not modify the ranges from which they were built', () => {
    const range = aRange(0, { free: [2, 1] });
    const freeSeats = freeSeatsOf([range]);
    freeSeats.setFree({ id: 1, range: 0, number: 1 }, false);
    expect(range.free.map(({ number }) => number)).toEqual([2, 1]);
  });

  test('say that a choice depends on ranges that were not read, unless a better one has the seats', () => {
    const freeSeats = new RangeRanking([
      aRange(0),
      aRange(1),
      aRange(2, { price: 50 }),
    ]).freeSeats();
    expect(freeSeats.choose(requestFor(2))).toBe('unread');
    expect(freeSeats.choose(requestFor(2, { priceMin: 400 }))).toBeUndefined();
    freeSeats.addRange(0, aRange(0, { free: [1, 2] }).free);
    expect(chosenIn(freeSeats, requestFor(2))?.map(({ id }) => id)).toEqual([1, 2]);
    expect(freeSeats.choose(requestFor(3))).toBe('unread');
    freeSeats.setFree({ id: idOf(1, 1), range: 1, number: 1 }, true);
    expect(freeSeats.hasRange(1)).toBe(false);
    freeSeats.addRange(1, aRange(1).free);
    expect(chosenIn(freeSeats, requestFor(3))).toHaveLength(3);
    expect(freeSeats.choose(requestFor(3, { priceMax: 60 }))).toBe('unread');
  });
});
