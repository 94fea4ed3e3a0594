/** The arrangement of seats on the map. */
import { describe, expect, test } from 'vitest';
import type { Seat } from '../../../../src/commands/schemas/resources.ts';
import {
  bendAt,
  type Layout,
  layOut,
  seatAtPoint,
  seatBeside,
} from '../../../../src/web/map/layout.ts';

interface Range {
  section?: string | null;
  row?: string | null;
  from?: number;
  to: number;
}

function seatsOf(...ranges: Range[]): Seat[] {
  let id = 0;
  return ranges.flatMap(({ section = null, row = null, from = 1, to }) =>
    Array.from({ length: to - from + 1 }, (_, index) => {
      id += 1;
      return { id, section, row, number: from + index, price: 100, state: 'available' as const };
    }),
  );
}

const cellOf = ({ columnOf, lineOf }: Layout, seat: number) => [columnOf[seat], lineOf[seat]];

const stadium = Array.from({ length: 1000 }, (_, index) => ({
  section: `Block ${Math.floor(index / 40)}`,
  row: String(index % 40),
  to: 50,
}));

test.each([
  ['one seat', [{ to: 1 }]],
  ['one long row without a name', [{ to: 5000 }]],
  [
    'rows of different lengths',
    [
      { row: 'A', to: 9 },
      { row: 'B', to: 30 },
      { row: 'C', to: 1 },
    ],
  ],
  ['a stadium', stadium],
])(
  'in %s each seat has its own cell and is found at the point where it is drawn',
  (_name, ranges) => {
    const seats = seatsOf(...ranges);
    const layout = layOut(seats);
    expect(layout.seatAt.filter((seat) => seat >= 0)).toHaveLength(seats.length);
    for (const seat of seats.keys()) {
      const [column = 0, line = 0] = cellOf(layout, seat);
      expect(seatAtPoint(layout, column + 0.5, line + 0.5 - bendAt(layout, column))).toBe(seat);
    }
  },
);

test('neighbouring seats of a row are adjacent, and rows are stacked', () => {
  const layout = layOut(seatsOf({ row: 'A', to: 10 }, { row: 'B', to: 10 }));
  const [column = 0, line = 0] = cellOf(layout, 0);
  expect(cellOf(layout, 1)).toEqual([column + 1, line]);
  expect(cellOf(layout, 10)).toEqual([column, line + 1]);
});

test('a row in two ranges is one line with an aisle', () => {
  const layout = layOut(seatsOf({ row: 'A', to: 5 }, { row: 'A', from: 21, to: 25 }));
  const [column = 0, line = 0] = cellOf(layout, 4);
  expect(cellOf(layout, 5)).toEqual([column + 3, line]);
});

test('a large hall is about as wide as it is deep', () => {
  const { columns, lines } = layOut(seatsOf(...stadium));
  expect(columns / lines).toBeGreaterThan(0.6);
  expect(columns / lines).toBeLessThan(2.4);
});

test('a hall without seats has a layout', () => {
  expect(layOut([])).toMatchObject({ columns: 1, lines: 1, blocks: [] });
});

describe('the seat beside a seat', () => {
  const layout = layOut(
    seatsOf({ section: 'Stalls', row: 'A', to: 3 }, { section: 'Circle', row: 'B', to: 9 }),
  );

  test('is the next one in the row, and at the end of the row the same seat', () => {
    expect(seatBeside(layout, 0, 1, 0)).toBe(1);
    expect(seatBeside(layout, 0, -1, 0)).toBe(0);
    expect(seatBeside(layout, 2, 1, 0)).toBe(2);
  });

  test('is the next one that the filter shows, in the row and in other lines', () => {
    const shows = (seat: number) => seat !== 1 && seat !== 7;
    expect(seatBeside(layout, 0, 1, 0, shows)).toBe(2);
    expect(shows(seatBeside(layout, 1, 0, 1, shows))).toBe(true);
    expect(seatBeside(layout, 0, 1, 0, () => false)).toBe(0);
  });

  test('is across sections the nearest one in the next line', () => {
    const below = seatBeside(layout, 1, 0, 1);
    expect(cellOf(layout, below)[0]).toBe(cellOf(layout, 1)[0]);
    expect(seatBeside(layout, below, 0, -1)).toBe(1);
    expect(seatBeside(layout, 3, 0, -1)).toBe(0);
    expect(seatBeside(layout, 1, 0, -1)).toBe(1);
  });
});
