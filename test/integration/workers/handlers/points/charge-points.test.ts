/** Charging points, through `runBatch`. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectNothingBehind, expectOneEffect } from '../../../../support/handler-promises.ts';
import { openTestLane, type TestLane } from '../../../../support/services/test-lane.ts';

let lane: TestLane;
beforeAll(async () => {
  lane = await openTestLane();
});
afterAll(() => lane.stop());

const charge = (subject: string, amount: number) =>
  lane.command('charge-points', { subject, input: { amount } });

const linesOf = (subject: string) =>
  lane.rows<object>(
    `select kind, amount::int, balance::int from point_history
     where user_id = (select id from app_user where subject = '${subject}') order by id`,
  );

test('succeeds: the points are added, with one history row each', async () => {
  const finished = await lane.run(charge('ada', 100), charge('ada', 50));
  expect(finished.map(({ outcome }) => outcome)).toEqual([
    { state: 'succeeded', result: { balance: 100 } },
    { state: 'succeeded', result: { balance: 150 } },
  ]);
  expect(await linesOf('ada')).toEqual([
    { kind: 'charge', amount: 100, balance: 100 },
    { kind: 'charge', amount: 50, balance: 150 },
  ]);
});

test('runs twice with one effect', () => expectOneEffect(lane, charge('bea', 100)));

test('leaves nothing behind when a statement fails midway', async () => {
  await lane.points('cleo', 10);
  await expectNothingBehind(lane, charge('cleo', 100), 'insert on point_history');
});

test('a balance that JSON cannot represent exactly is never written', async () => {
  await lane.points('dora', 100);
  const highest = `9007199254740991 - 100`;
  // A line for the points that no story can charge one by one, so that the history adds up.
  await lane.rows(`update points set balance = ${highest}
    where user_id = (select id from app_user where subject = 'dora')`);
  await lane.rows(`update point_history set amount = ${highest}, balance = ${highest}
    where user_id = (select id from app_user where subject = 'dora')`);
  await lane.rows(`update command_receipt set result = jsonb_build_object('balance', ${highest})
    where user_id = (select id from app_user where subject = 'dora')`);
  expect(await lane.outcome(charge('dora', 101))).toMatchObject({ state: 'failed' });
  expect(await lane.outcome(charge('dora', 100))).toEqual({
    state: 'succeeded',
    result: { balance: 9_007_199_254_740_991 },
  });
});
