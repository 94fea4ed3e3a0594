/** Many seats in few words. */
import { expect, test } from 'vitest';
import type { Seat } from '../../../../../src/commands/schemas/resources.ts';
import { runsOf } from '../../../../../src/web/board/places/seat-runs.ts';

const seatAt = (row: string, number: number): Seat => ({
  id: 0,
  section: 'Stalls',
  row,
  number,
  price: 1,
  state: 'available',
});
const seats = [seatAt('A', 1), seatAt('A', 2), seatAt('A', 3), seatAt('B', 4), seatAt('B', 6)];

test('seats of a row with consecutive numbers are one run', () => {
  expect(runsOf(seats, [2, 0, 1, 3, 4])).toEqual([
    { section: 'Stalls', row: 'A', from: 1, to: 3 },
    { section: 'Stalls', row: 'B', from: 4, to: 4 },
    { section: 'Stalls', row: 'B', from: 6, to: 6 },
  ]);
});

test('a seat that is left out divides a run', () => {
  const runs = runsOf(seats, new Set([0, 2])).map(({ from, to }) => [from, to]);
  expect(runs).toEqual([
    [1, 1],
    [3, 3],
  ]);
});
