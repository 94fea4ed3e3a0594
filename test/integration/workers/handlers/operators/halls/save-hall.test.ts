/** Creating halls and saving versions of them, through `runBatch`. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pack } from '../../../../../../src/commands/halls/packed-plan.ts';
import type { HallResource } from '../../../../../../src/commands/schemas/hall-resources.ts';
import { largePlan, SMALL_PLAN, SMALL_SEATS } from '../../../../../support/halls/hall-plans.ts';
import {
  expectNothingBehind,
  expectOneEffect,
  expectRefusal,
} from '../../../../../support/handler-promises.ts';
import {
  inLane,
  openTestLane,
  runToTheEnd,
  type TestLane,
  takeLane,
} from '../../../../../support/services/test-lane.ts';

let lane: TestLane;
beforeAll(async () => {
  lane = await openTestLane();
});
afterAll(() => lane.stop());

const plan = pack(SMALL_PLAN);
const create = (name = 'Opera House') =>
  lane.command('create-hall', { subject: 'operator', input: { name, plan } });
const save = (hallId: number, baseVersion: number, subject = 'operator') =>
  lane.command('save-hall', { subject, input: { hallId, baseVersion, plan } });
const newHall = () => lane.result<HallResource>(create());
const versionsOf = (hallId: number) =>
  lane.rows<{ version: number; seats: number }>(
    `select version, seat_count as seats from hall_version where hall_id = ${hallId} order by 1`,
  );

test('a new hall has version 1, and each save adds the next one', async () => {
  const hall = await newHall();
  expect(hall).toMatchObject({ name: 'Opera House', version: 1, seatCount: SMALL_SEATS });
  const { id } = hall;
  expect(await lane.result(save(id, 1))).toEqual({ ...hall, version: 2 });
  expect(await lane.result(save(id, 2))).toEqual({ ...hall, version: 3 });
  expect(await versionsOf(id)).toEqual(
    [1, 2, 3].map((version) => ({ version, seats: SMALL_SEATS })),
  );
  const [kept] = await lane.rows<{ plan: object }>(
    `select plan from hall_version where hall_id = ${id} and version = 1`,
  );
  expect(kept?.plan).toEqual(plan);
});

test('refuses what is not on top of the newest version', async () => {
  const { id } = await newHall();
  await lane.result(save(id, 1));
  await expectRefusal(lane, save(id, 1), { code: 'HALL_CHANGED', hallId: id, version: 2 });
  await expectRefusal(lane, save(id, 3), { code: 'HALL_CHANGED', hallId: id, version: 2 });
});

test('refuses a missing hall', () =>
  expectRefusal(lane, save(999_999, 1), { code: 'HALL_NOT_FOUND', hallId: 999_999 }));

test('of two saves in one batch the second hears of the first', async () => {
  const { id } = await newHall();
  const finished = await lane.run(save(id, 1), save(id, 1));
  expect(finished.map(({ outcome }) => outcome.state)).toEqual(['succeeded', 'rejected']);
});

test('of two saves in two lanes at once one hears of the other', async () => {
  const other = await takeLane(lane.orm, 'user-1');
  for (let round = 0; round < 10; round += 1) {
    const { id } = await newHall();
    const theirs = inLane(save(id, 1, 'another operator'), other);
    const outcomes = await Promise.all([
      lane.outcome(save(id, 1)),
      runToTheEnd(lane.deps, other, [theirs]).then(([finished]) => finished?.outcome),
    ]);
    const codes = outcomes.map((outcome) =>
      outcome && 'problem' in outcome ? outcome.problem.code : 'saved',
    );
    expect(codes.toSorted()).toEqual(['HALL_CHANGED', 'saved']);
    expect(await versionsOf(id)).toHaveLength(2);
  }
});

test('each one is a line of the operators’ log, without the plan', async () => {
  const { id } = await newHall();
  await lane.result(save(id, 1));
  const lines = await lane.rows<{ command: string; before: object | null; after: object }>(
    `select command, before, after from operator_log order by id desc limit 2`,
  );
  expect(lines).toMatchObject([
    { command: 'save-hall', before: { id, version: 1 }, after: { id, version: 2 } },
    { command: 'create-hall', before: null, after: { id, version: 1 } },
  ]);
  expect(JSON.stringify(lines)).not.toContain('sections');
});

test('a hall of 50,000 seats is saved', async () => {
  const input = { name: 'Arena', plan: pack(largePlan()) };
  const hall = await lane.result(lane.command('create-hall', { subject: 'operator', input }));
  expect(hall).toMatchObject({ seatCount: 50_000 });
});

test('runs twice with one effect', async () => {
  await expectOneEffect(lane, create());
  const { id } = await newHall();
  await expectOneEffect(lane, save(id, 1));
});

test('leaves nothing behind when a statement fails midway', async () => {
  const { id } = await newHall();
  await expectNothingBehind(lane, create(), 'insert on hall_version');
  await expectNothingBehind(lane, save(id, 1), 'insert on hall_version');
});
