/** Plans as jobs and the database keep them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PACKED_BYTES_MAX } from '../../../../src/commands/halls/create-hall.ts';
import { pack, seatCountOf, seatsOf, unpack } from '../../../../src/commands/halls/packed-plan.ts';
import { type Plan, plan } from '../../../../src/commands/schemas/hall-plan.ts';
import { largePlan, SMALL_PLAN, SMALL_SEATS } from '../../../support/halls/hall-plans.ts';

const throughJson = (value: object) => JSON.parse(JSON.stringify(value));
const packedAndBack = (given: Plan) => unpack(throughJson(pack(given)));

test('a plan comes back as it was', () => {
  expect(packedAndBack(SMALL_PLAN)).toEqual(SMALL_PLAN);
  expect(seatCountOf(pack(SMALL_PLAN))).toBe(SMALL_SEATS);
});

test('a row says its numbers, positions and categories as steps and runs', () => {
  expect(pack(SMALL_PLAN).sections[0]?.rows[0]).toEqual({
    name: 'A',
    seats: 4,
    numbers: [1, 1],
    xs: [0, 30, 20],
    categories: [[0, 4]],
    kinds: [
      [0, 1],
      [1, 2],
    ],
  });
});

const oneRow = (seats: Plan['sections'][number]['rows'][number]['seats']): Plan => ({
  categories: [{ name: 'Best' }],
  sections: [{ name: null, rows: [{ name: null, seats }] }],
});
const seatsIn = ({ sections }: Plan) => sections[0]?.rows[0]?.seats;

test('seats are kept in the order of their numbers', () => {
  const given = oneRow([
    { number: 7, category: 'Best' },
    { number: 3, category: 'Best' },
  ]);
  expect(seatsIn(packedAndBack(given))?.map(({ number }) => number)).toEqual([3, 7]);
});

test('a seat without a position beside others gets one', () => {
  const given = oneRow([
    { number: 1, category: 'Best' },
    { number: 2, x: 70, y: 5, category: 'Best' },
    { number: 3, category: 'Best' },
  ]);
  expect(seatsIn(packedAndBack(given))).toEqual([
    { number: 1, x: 0, y: 0, category: 'Best' },
    { number: 2, x: 70, y: 5, category: 'Best' },
    { number: 3, x: 90, y: 5, category: 'Best' },
  ]);
});

const position = fc.integer({ min: -1000, max: 1000 });
const seat = fc.record({
  number: fc.integer({ min: 1, max: 500 }),
  x: position,
  y: position,
  category: fc.constantFrom('Best', 'Cheap', 'Worst'),
});
const kind = fc.constantFrom(undefined, 'accessible' as const, 'companion' as const);
const row = fc.record({
  name: fc.constantFrom('A', 'B', null),
  seats: fc
    .uniqueArray(fc.tuple(seat, kind), {
      minLength: 1,
      maxLength: 60,
      selector: ([{ number }]) => number,
    })
    .map((seats) =>
      seats
        .map(([one, itsKind]) => ({ ...one, ...(itsKind && { kind: itsKind }) }))
        .toSorted((a, b) => a.number - b.number),
    ),
});

test('any row comes back as it was', () => {
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 4 }), (rows) => {
      const given = {
        categories: ['Best', 'Cheap', 'Worst'].map((name) => ({ name })),
        sections: [{ name: 'Stalls', rows }],
      };
      expect(packedAndBack(given)).toEqual(given);
      const first = pack(given).sections[0]?.rows[0];
      expect(first && seatsOf(first).map(({ number }) => number)).toEqual(
        rows[0]?.seats.map(({ number }) => number),
      );
    }),
  );
});

describe('50,000 seats', () => {
  test('on curves fit into a job, with room to spare', () => {
    const large = largePlan();
    expect(packedAndBack(large)).toEqual(large);
    expect(JSON.stringify(pack(large)).length).toBeLessThan(PACKED_BYTES_MAX / 2);
  });

  test('are accepted, and one more is not', () => {
    const large = largePlan();
    expect(plan.safeParse(large).success).toBe(true);
    large.sections[0]?.rows[0]?.seats.push({ number: 51, category: 'Best' });
    const message = 'must not have more than 50000 seats in total';
    expect(plan.safeParse(large).error?.issues).toMatchObject([{ path: ['sections'], message }]);
  });
});
