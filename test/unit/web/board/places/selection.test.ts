/** The selection of seats on the operators' map. */
import { expect, test } from 'vitest';
import type { Seat } from '../../../../../src/commands/schemas/resources.ts';
import {
  canBlock,
  countsOf,
  NOTHING,
  seatsOfRange,
  toggled,
  withSeats,
} from '../../../../../src/web/board/places/selection.ts';
import { BLOCKED, FREE, HELD, SOLD } from '../../../../../src/web/map/seat-states.ts';

const seatAt = (section: string | null, row: string | null, number: number): Seat => ({
  id: 0,
  section,
  row,
  number,
  price: 1,
  state: 'available',
});
const seats = [
  ...[1, 2, 3].map((number) => seatAt('Stalls', 'A', number)),
  ...[1, 2, 3].map((number) => seatAt('Stalls', 'B', number)),
  ...[1, 2, 3].map((number) => seatAt(null, null, number)),
];
const ALL = { section: undefined, row: undefined, from: undefined, to: undefined };

test('a rectangle adds its seats to the selection, or takes them out of it', () => {
  const chosen = withSeats(NOTHING, [1, 2, 3], false);
  expect([...withSeats(chosen, [3, 4], false)]).toEqual([1, 2, 3, 4]);
  expect([...withSeats(chosen, [0, 2], true)]).toEqual([1, 3]);
  expect([...chosen]).toEqual([1, 2, 3]);
});

test('a second click on a seat takes it out again', () => {
  const once = toggled(NOTHING, 5);
  expect([...once]).toEqual([5]);
  expect([...toggled(once, 5)]).toEqual([]);
});

test('the summary counts the chosen seats by state', () => {
  const codes = Uint8Array.from([FREE, HELD, SOLD, BLOCKED, FREE, BLOCKED]);
  expect(countsOf([0, 1, 3, 4, 5], codes)).toEqual({ free: 2, held: 1, sold: 0, blocked: 2 });
  expect(countsOf(NOTHING, codes)).toEqual({ free: 0, held: 0, sold: 0, blocked: 0 });
});

test('free and blocked seats can be blocked, held and sold ones cannot', () => {
  const able = [FREE, HELD, SOLD, BLOCKED, undefined].map((code) => canBlock(code));
  expect(able).toEqual([true, false, false, true, false]);
});

test.each([
  ['all seats', ALL, [0, 1, 2, 3, 4, 5, 6, 7, 8]],
  ['a section', { ...ALL, section: 'Stalls' }, [0, 1, 2, 3, 4, 5]],
  ['a part of a row', { section: 'Stalls', row: 'B', from: 2, to: 9 }, [4, 5]],
  ['seats without a section', { ...ALL, section: null, to: 1 }, [6]],
  ['a row of all sections', { ...ALL, row: 'A' }, [0, 1, 2]],
  ['numbers in the wrong order', { ...ALL, from: 3, to: 1 }, []],
])('a range names %s', (_, range, expected) => {
  expect(seatsOfRange(seats, range)).toEqual(expected);
});
