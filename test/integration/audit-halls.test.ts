/** The audit finds every violation of the promises about halls: each is written by hand, and taken back. */
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checks } from '../../scripts/audit/checks.ts';
import { hallChecks } from '../../scripts/audit/hall-checks.ts';
import { pack } from '../../src/commands/halls/packed-plan.ts';
import { afterViolation } from '../support/audit/after-violation.ts';
import { SMALL_PLAN, SMALL_PRICES } from '../support/halls/hall-plans.ts';
import { openTestLane, type TestLane } from '../support/services/test-lane.ts';

let lane: TestLane;
let client: Client;
beforeAll(async () => {
  lane = await openTestLane();
  const plan = pack(SMALL_PLAN);
  const subject = 'operator';
  const input = { name: 'Opera House', plan };
  const { id: hallId } = await lane.result<{ id: number }>(
    lane.command('create-hall', { subject, input }),
  );
  await lane.result(
    lane.command('save-hall', { subject, input: { hallId, baseVersion: 1, plan } }),
  );
  await lane.schedule();
  await lane.schedule({ seats: undefined, hall: { hallId, version: 2, prices: SMALL_PRICES } });
  client = new Client(lane.config.databaseUrl);
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await lane.stop();
});

const seats = 'A schedule of a hall has the seats of its plan';
const price = 'A seat of a category has its price';
const areas = 'A schedule of a hall has the areas of its plan';
const ofHall = `schedule_id = (select id from schedule where hall_id is not null)`;
const someSeat = `id = (select max(id) from seat where ${ofHall})`;
/** The start of a promise, and a statement that breaks it. */
const VIOLATIONS: [promise: string, violation: string][] = [
  ['The versions of a hall', `update hall set version = 3`],
  ['The versions of a hall', `delete from hall_version where version = 1`],
  ['A version of a hall counts', `update hall_version set seat_count = 13`],
  [seats, `delete from seat where ${someSeat}`],
  [seats, `update seat set category = 0 where ${someSeat}`],
  [seats, `update seat set section = 'Boxes' where ${someSeat}`],
  [seats, `update seat set row_name = 'Z' where ${someSeat}`],
  ['A schedule of a hall has as many accessible', `update seat set kind = 1 where kind = 2`],
  ['A schedule of a hall has as many accessible', `update seat set kind = 2 where ${someSeat}`],
  [
    'The categories of a schedule',
    `update schedule set categories = categories - 0 where hall_id is not null`,
  ],
  [price, `update seat set price = price + 1 where ${someSeat}`],
  [price, `update seat set category = null where ${someSeat}`],
  [
    price,
    `update schedule set categories = jsonb_set(categories, '{1,price}', '41') where hall_id is not null`,
  ],
  [areas, `delete from area where ${ofHall}`],
  [areas, `update area set capacity = 51 where ${ofHall}`],
  [areas, `update area set price = 41 where ${ofHall}`],
  [areas, `update area set name = 'Roof' where ${ofHall}`],
  ['Every effect has the receipt', `delete from command_receipt where command = 'save-hall'`],
  [
    'Every command that succeeded has its effect',
    `update hall_version set version = 7 where version = 2`,
  ],
  ['Every command of an operator', `delete from operator_log where command = 'create-hall'`],
];

const wrongIn = async (wrong: string) => (await client.query(wrong)).rowCount ?? 0;

test('nothing is wrong before', async () => {
  for (const { promise, wrong } of checks) {
    const { rows } = await client.query(wrong);
    expect(rows, promise).toEqual([]);
  }
});

test('each check has something to check', async () => {
  for (const { promise, counted } of hallChecks) {
    const { rows } = await client.query(`select (${counted})::int as count`);
    expect(rows[0].count, promise).toBeGreaterThan(0);
  }
});

test.each(VIOLATIONS)('%s … is found broken by: %s', async (promise, violation) => {
  const check = checks.find((each) => each.promise.startsWith(promise));
  const found = () => wrongIn(check?.wrong ?? '');
  expect(await afterViolation(client, { violation }, found)).toBeGreaterThan(0);
});

test('every promise is broken above', () => {
  const broken = (promise: string) => VIOLATIONS.some(([start]) => promise.startsWith(start));
  const untried = hallChecks.filter(({ promise }) => !broken(promise));
  expect(untried.map(({ promise }) => promise)).toEqual([]);
});
