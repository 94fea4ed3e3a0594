/** What a plan of a hall may be, and where its faults are. */
import { expect, test } from 'vitest';
import { type Plan, plan } from '../../../../src/commands/schemas/hall-plan.ts';
import { SMALL_PLAN } from '../../../support/halls/hall-plans.ts';

/** The path of the first fault of the small plan after a change. */
function faultAfter(change: (given: Plan) => void): string | undefined {
  const given = structuredClone(SMALL_PLAN);
  change(given);
  return plan.safeParse(given).error?.issues[0]?.path.join('.');
}

const rowOf = ({ sections }: Plan, index = 0) =>
  sections[0]?.rows[index] as Plan['sections'][number]['rows'][number];
const seatOf = (given: Plan) =>
  rowOf(given).seats[1] as Plan['sections'][number]['rows'][number]['seats'][number];
const SEAT = 'sections.0.rows.0.seats.1';

test('the small plan is accepted', () => {
  expect(plan.parse(SMALL_PLAN)).toEqual(SMALL_PLAN);
});

test.each<[fault: string, path: string, change: (given: Plan) => void]>([
  [
    'a seat of an unknown category',
    `${SEAT}.category`,
    (given) => {
      seatOf(given).category = 'Boxes';
    },
  ],
  [
    'a number that is there already',
    `${SEAT}.number`,
    (given) => {
      seatOf(given).number = 1;
    },
  ],
  [
    'a number of 0',
    `${SEAT}.number`,
    (given) => {
      seatOf(given).number = 0;
    },
  ],
  [
    'half a position',
    `${SEAT}.x`,
    (given) => {
      seatOf(given).x = 0.5;
    },
  ],
  [
    'an unknown kind',
    `${SEAT}.kind`,
    (given) => {
      Object.assign(seatOf(given), { kind: 'throne' });
    },
  ],
  [
    'an unknown field',
    SEAT,
    (given) => {
      Object.assign(seatOf(given), { price: 5 });
    },
  ],
  [
    'a seat again in the other block of its row',
    'sections.0.rows.2.seats.0.number',
    (given) => {
      rowOf(given, 2).seats[0] = { number: 2, category: 'Best' };
    },
  ],
  [
    'a row without seats',
    'sections.0.rows.0.seats',
    (given) => {
      rowOf(given).seats = [];
    },
  ],
  [
    'a section twice',
    'sections',
    (given) => {
      given.sections.push(structuredClone(given.sections[0] as Plan['sections'][number]));
    },
  ],
  [
    'a category twice',
    'categories',
    (given) => {
      given.categories.push({ name: 'Best' });
    },
  ],
  [
    'a colour that is none',
    'categories.0.colour',
    (given) => {
      Object.assign(given.categories[0] as object, { colour: 'red' });
    },
  ],
  [
    'an area of an unknown category',
    'areas.0.category',
    (given) => {
      Object.assign(given.areas?.[0] as object, { category: 'Boxes' });
    },
  ],
  [
    'an outline of two points',
    'areas.0.polygon',
    (given) => {
      given.areas?.[0]?.polygon?.pop();
    },
  ],
  [
    'neither seats nor areas',
    'sections',
    (given) => {
      given.sections = [];
      given.areas = [];
    },
  ],
])('%s is a fault at %s', (_, path, change) => {
  expect(faultAfter(change)).toBe(path);
});

test('areas alone are a hall, and so are seats alone', () => {
  expect(
    faultAfter((given) => {
      given.sections = [];
    }),
  ).toBeUndefined();
  expect(
    faultAfter((given) => {
      delete given.areas;
    }),
  ).toBeUndefined();
});

test('names that look the same are one name', () => {
  const given = structuredClone(SMALL_PLAN);
  seatOf(given).category = ' Best ';
  expect(plan.parse(given)).toEqual(SMALL_PLAN);
});

test('too many changes of category are refused', () => {
  const seats = Array.from({ length: 20_001 }, (_, index) => {
    return { number: index + 1, category: index % 2 ? 'Best' : 'Cheap' };
  });
  expect(
    faultAfter((given) => {
      rowOf(given).seats = seats;
      rowOf(given).name = 'Z';
    }),
  ).toBe('sections');
});
