/** Where the seats of a plan stand, and that client and API agree on plans. */
import { expect, expectTypeOf, test } from 'vitest';
import type * as client from '../../../../src/client/api/catalogue/halls.ts';
import type { HallOfSchedule } from '../../../../src/client/api/catalogue/halls.ts';
import * as limits from '../../../../src/client/halls/limits.ts';
import { seatPositions } from '../../../../src/client/halls/positions.ts';
import type { CreateSchedule } from '../../../../src/commands/concerts/create-schedule.ts';
import * as packing from '../../../../src/commands/halls/packed-plan.ts';
import type * as api from '../../../../src/commands/schemas/hall-plan.ts';
import * as schema from '../../../../src/commands/schemas/hall-plan.ts';
import * as resources from '../../../../src/commands/schemas/hall-resources.ts';
import { SMALL_PLAN } from '../../../support/halls/hall-plans.ts';

test('the client has the types and limits of the API', () => {
  expectTypeOf<client.Plan>().toEqualTypeOf<api.Plan>();
  expectTypeOf<client.HallVersion>().toEqualTypeOf<api.HallVersionResource>();
  expectTypeOf<client.Hall>().toEqualTypeOf<resources.HallResource>();
  expectTypeOf<client.PricedCategory>().toEqualTypeOf<resources.PricedCategory>();
  expectTypeOf<HallOfSchedule>().toEqualTypeOf<NonNullable<CreateSchedule['hall']>>();
  expect(limits).toMatchObject({
    SEATS_MAX: resources.HALL_SEATS_MAX,
    ROWS_MAX: schema.ROWS_MAX,
    CATEGORIES_MAX: schema.CATEGORIES_MAX,
    SECTIONS_MAX: schema.SECTIONS_MAX,
    POSITION_MAX: schema.POSITION_MAX,
    SPACING: packing.SPACING,
  });
});

test('positions add up, and seats without one stand side by side', () => {
  const placed = seatPositions(SMALL_PLAN);
  expect(placed.map(({ section, row, number, x, y }) => [section, row, number, x, y])).toEqual([
    ['Stalls', 'A', 1, 100, 40],
    ['Stalls', 'A', 2, 130, 40],
    ['Stalls', 'A', 3, 150, 40],
    ['Stalls', 'A', 4, 170, 40],
    ['Stalls', 'B', 1, 100, 65],
    ['Stalls', 'B', 2, 120, 65],
    ['Stalls', 'B', 3, 180, 65],
    ['Stalls', 'B', 4, 200, 65],
    ['Gallery', null, 1, 0, 105],
    ['Gallery', null, 2, 20, 105],
    ['Gallery', null, 3, 40, 105],
    ['Gallery', null, 5, 60, 105],
  ]);
});

test('the API keeps the positions of a row as they are shown', () => {
  const row = (seats: client.PlanSeat[]): client.Plan => ({
    categories: [{ name: 'Best' }],
    sections: [{ name: null, rows: [{ name: null, seats }] }],
  });
  const given = row([
    { number: 2, category: 'Best', x: 70, y: 5 },
    { number: 1, category: 'Best' },
    { number: 3, category: 'Best' },
  ]);
  expect(seatPositions(packing.unpack(packing.pack(given)))).toEqual(seatPositions(given));
});
