/** Parts of the hall: sections, and the seats in a rectangle. */
import { describe, expect, test } from 'vitest';
import type { Seat } from '../../../../src/commands/schemas/resources.ts';
import { bendAt, type Layout, layOut } from '../../../../src/web/map/layout.ts';
import { boundsOfSection, seatsIn } from '../../../../src/web/map/regions.ts';

const seats = ['Stalls', 'Circle'].flatMap((section, part) =>
  Array.from({ length: 40 * 25 }, (_, index): Seat => {
    const row = String(Math.floor(index / 25));
    const number = 1 + (index % 25);
    return { id: part * 1000 + index, section, row, number, price: 1, state: 'available' };
  }),
);
const layout = layOut(seats);
const WHOLE = {
  left: 0,
  top: -layout.bendMax,
  right: layout.columns,
  bottom: layout.lines,
};

/** The slow way: each seat is compared. */
function everySeatIn(
  { columnOf, lineOf }: Layout,
  { left, top, right, bottom }: typeof WHOLE,
): number[] {
  return [...seats.keys()].filter((seat) => {
    const column = columnOf[seat] as number;
    const x = column + 0.5;
    const y = (lineOf[seat] as number) + 0.5 - bendAt(layout, column);
    return x >= left && x <= right && y >= top && y <= bottom;
  });
}

const sorted = (indexes: readonly number[]) => indexes.toSorted((a, b) => a - b);

describe('a rectangle', () => {
  test('around the hall contains all seats', () => {
    expect(sorted(seatsIn(layout, WHOLE))).toEqual([...seats.keys()]);
  });

  test.each([
    [3.2, 4.7, 17.1, 20.3],
    [-40, -40, 12.5, 9.5],
    [20, 1.5, 400, 400],
    [0.5, 2.5, 0.5, 200],
    [7.6, 3, 8.4, 90],
    [10, 10, 9, 9],
  ])(
    'from %d, %d to %d, %d contains the seats whose centres are in it',
    (left, top, right, bottom) => {
      const rectangle = { left, top, right, bottom };
      expect(sorted(seatsIn(layout, rectangle))).toEqual(everySeatIn(layout, rectangle));
    },
  );

  test('of a section contains the seats of that section and no others', () => {
    const bounds = boundsOfSection(layout, 'Circle');
    if (!bounds) throw new Error('There is no section Circle.');
    const found = seatsIn(layout, bounds);
    expect(found.length).toBeGreaterThan(900);
    expect(found.every((index) => seats[index]?.section === 'Circle')).toBe(true);
    expect(boundsOfSection(layout, 'Balcony')).toBeUndefined();
  });
});
