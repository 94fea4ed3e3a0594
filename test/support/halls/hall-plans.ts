/** Plans of halls for tests, small and large. */
import type { Plan, PlanSeat } from '../../../src/commands/schemas/hall-plan.ts';

/** Seats side by side with these numbers. */
export function seatsFrom(first: number, count: number, category: string): PlanSeat[] {
  return Array.from({ length: count }, (_, index) => ({
    number: first + index,
    x: index * 20,
    category,
  }));
}

/**
 * Two sections. Row A of the stalls begins with a seat for a wheelchair, seat 1, and one for a companion, seat 2; row B has an
 * aisle between 2 and 3. The gallery is of another category from seat 3.
 */
export const SMALL_PLAN: Plan = {
  categories: [{ name: 'Best', colour: '#0072b2' }, { name: 'Cheap' }],
  sections: [
    {
      name: 'Stalls',
      x: 100,
      y: 40,
      rows: [
        {
          name: 'A',
          seats: [
            { number: 1, x: 0, category: 'Best', kind: 'accessible' },
            { number: 2, x: 30, category: 'Best', kind: 'companion' },
            { number: 3, x: 50, category: 'Best' },
            { number: 4, x: 70, category: 'Best' },
          ],
        },
        { name: 'B', y: 25, seats: seatsFrom(1, 2, 'Best') },
        { name: 'B', x: 80, y: 25, seats: seatsFrom(3, 2, 'Best') },
      ],
    },
    {
      name: 'Gallery',
      rows: [
        {
          name: null,
          seats: [
            { number: 1, category: 'Best' },
            { number: 2, category: 'Best' },
            { number: 3, category: 'Cheap' },
            { number: 5, category: 'Cheap' },
          ],
        },
      ],
    },
  ],
  areas: [
    {
      name: 'Floor',
      capacity: 50,
      category: 'Cheap',
      polygon: [
        [0, 0],
        [100, 0],
        [100, 50],
      ],
    },
  ],
};

export const SMALL_PRICES = { Best: 90, Cheap: 40 };
export const SMALL_SEATS = 12;

/** 50,000 seats: 20 sections of 50 rows of 50 seats, on curves, every tenth row of another category. */
export function largePlan(): Plan {
  const range = (count: number) => Array.from({ length: count }, (_, index) => index);
  return {
    categories: [
      { name: 'Best', colour: '#d55e00' },
      { name: 'Cheap', colour: '#009e73' },
    ],
    sections: range(20).map((section) => ({
      name: `Section ${section + 1}`,
      x: (section % 5) * 1500,
      y: Math.floor(section / 5) * 1500,
      rows: range(50).map((row) => ({
        name: String(row + 1),
        y: row * 25,
        seats: range(50).map((seat) => ({
          number: seat + 1,
          x: seat * 25,
          y: Math.round(((seat - 24.5) / 10) ** 2),
          category: row % 10 === 9 ? 'Cheap' : 'Best',
          ...(row === 0 && seat < 2 && { kind: seat === 0 ? 'accessible' : 'companion' }),
        })),
      })),
    })) as Plan['sections'],
  };
}
