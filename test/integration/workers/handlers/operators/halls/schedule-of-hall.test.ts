/** Schedules that are made from a version of a hall, through `runBatch`. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pack, seatsOf } from '../../../../../../src/commands/halls/packed-plan.ts';
import type { Plan } from '../../../../../../src/commands/schemas/hall-plan.ts';
import type { HallResource } from '../../../../../../src/commands/schemas/hall-resources.ts';
import type { Schedule } from '../../../../../../src/commands/schemas/resources.ts';
import { readFixedSeats } from '../../../../../../src/db/reads/places/seats.ts';
import {
  largePlan,
  SMALL_PLAN,
  SMALL_PRICES,
  SMALL_SEATS,
} from '../../../../../support/halls/hall-plans.ts';
import {
  expectNothingBehind,
  expectOneEffect,
  expectRefusal,
} from '../../../../../support/handler-promises.ts';
import { scheduleBody } from '../../../../../support/http/client.ts';
import { openTestLane, type TestLane } from '../../../../../support/services/test-lane.ts';

let lane: TestLane;
let concertId: number;
let hallId: number;
beforeAll(async () => {
  lane = await openTestLane();
  ({ concertId } = await lane.schedule());
  hallId = await hallOf(SMALL_PLAN);
});
afterAll(() => lane.stop());

async function hallOf(plan: Plan): Promise<number> {
  const input = { name: 'Opera House', plan: pack(plan) };
  const hall = lane.command('create-hall', { subject: 'operator', input });
  return (await lane.result<HallResource>(hall)).id;
}

function scheduleOf(hall: object, more: object = {}) {
  const { seats: _, ...times } = scheduleBody();
  const input = {
    concertId,
    ...times,
    hall: { hallId, version: 1, prices: SMALL_PRICES, ...hall },
    ...more,
  };
  return lane.command('create-schedule', { subject: 'operator', input });
}

test('its seats and areas are those of the plan, with the prices of their categories', async () => {
  const accessibleUntil = '2026-12-01T12:00:00.000Z';
  const schedule = await lane.result<Schedule>(scheduleOf({}, { accessibleUntil }));
  expect(schedule).toMatchObject({
    concertId,
    seatCount: SMALL_SEATS + 50,
    hall: { hallId, version: 1 },
    categories: [
      { name: 'Best', colour: '#0072b2', price: 90 },
      { name: 'Cheap', colour: null, price: 40 },
    ],
    accessibleUntil,
  });
  const seats = await lane.rows<{ seat: string }>(
    `select concat_ws(' ', section, coalesce(row_name, '-'), number, price, category, kind, range_index) as seat
     from seat where schedule_id = ${schedule.id} order by id`,
  );
  expect(seats.map(({ seat }) => seat)).toEqual([
    'Stalls A 1 90 0 1 0',
    'Stalls A 2 90 0 2 0',
    'Stalls A 3 90 0 0 0',
    'Stalls A 4 90 0 0 0',
    'Stalls B 1 90 0 0 1',
    'Stalls B 2 90 0 0 1',
    'Stalls B 3 90 0 0 2',
    'Stalls B 4 90 0 0 2',
    'Gallery - 1 90 0 0 3',
    'Gallery - 2 90 0 0 3',
    'Gallery - 3 40 1 0 4',
    'Gallery - 5 40 1 0 4',
  ]);
  const areas = await lane.rows<object>(
    `select name, capacity, price from area where schedule_id = ${schedule.id}`,
  );
  expect(areas).toEqual([{ name: 'Floor', capacity: 50, price: 40 }]);
});

test('the seats that clients read say their category and their kind, if they have one', async () => {
  const { id } = await lane.result<Schedule>(scheduleOf({}));
  const seats = await readFixedSeats(lane.orm, id);
  expect(seats?.slice(0, 3)).toMatchObject([
    { number: 1, category: 0, kind: 'accessible' },
    { number: 2, category: 0, kind: 'companion' },
    { number: 3, category: 0 },
  ]);
  expect(seats?.[2]).not.toHaveProperty('kind');
  const { id: ofRanges } = await lane.schedule();
  const [plain] = (await readFixedSeats(lane.orm, ofRanges)) ?? [];
  expect(plain).not.toHaveProperty('category');
  expect(plain).not.toHaveProperty('kind');
});

test('a hall of 50,000 seats gives its seats in the order of its plan', async () => {
  const plan = largePlan();
  const large = await hallOf(plan);
  const prices = { Best: 120, Cheap: 60 };
  const schedule = await lane.result<Schedule>(scheduleOf({ hallId: large, prices }));
  expect(schedule.seatCount).toBe(50_000);
  const seats = (await readFixedSeats(lane.orm, schedule.id)) ?? [];
  const inPlan = pack(plan).sections.flatMap(({ name: section, rows }) =>
    rows.flatMap((row) =>
      seatsOf(row).map(({ number, category, kind }) => {
        return [section, row.name, number, category ? 60 : 120, category, kind].join();
      }),
    ),
  );
  const kinds = [undefined, 'accessible', 'companion'];
  const found = seats.map((seat) => {
    const kind = kinds.indexOf(seat.kind);
    return [seat.section, seat.row, seat.number, seat.price, seat.category, kind].join();
  });
  expect(found).toEqual(inPlan);
});

test('keeps the version of which it was made', async () => {
  const { id } = await lane.result<Schedule>(scheduleOf({}));
  const input = { hallId, baseVersion: 1, plan: pack(SMALL_PLAN) };
  await lane.result(lane.command('save-hall', { subject: 'operator', input }));
  const [kept] = await lane.rows<object>(
    `select hall_id::int as "hallId", hall_version as version from schedule where id = ${id}`,
  );
  expect(kept).toEqual({ hallId, version: 1 });
});

test('one batch can save a hall and make a schedule of it', async () => {
  const [last] = await lane.rows<{ id: string }>(`select max(id) as id from hall`);
  const next = Number(last?.id) + 1;
  const input = { name: 'New', plan: pack(SMALL_PLAN) };
  const hall = lane.command('create-hall', { subject: 'operator', input });
  const finished = await lane.run(hall, scheduleOf({ hallId: next }));
  expect(finished.map(({ outcome }) => outcome.state)).toEqual(['succeeded', 'succeeded']);
});

test.each([
  [{ hallId: 999_999 }, { code: 'HALL_NOT_FOUND', hallId: 999_999 }],
  [{ version: 99 }, { code: 'HALL_NOT_FOUND' }],
  [{ prices: { Best: 90 } }, { code: 'CATEGORY_WITHOUT_PRICE', category: 'Cheap' }],
  [{ prices: { ...SMALL_PRICES, Box: 1 } }, { code: 'CATEGORY_NOT_FOUND', category: 'Box' }],
])('refuses %j', (hall, problem) => expectRefusal(lane, scheduleOf(hall), problem));

test('runs twice with one effect', () => expectOneEffect(lane, scheduleOf({})));

test('leaves nothing behind when a statement fails midway', () =>
  expectNothingBehind(lane, scheduleOf({}), 'insert on seat'));
