/** Operators add points to the balance of any user, through `runBatch`. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectNothingBehind, expectOneEffect } from '../../../../support/handler-promises.ts';
import { historyOf } from '../../../../support/money/checkouts.ts';
import { openTestLane, type TestLane } from '../../../../support/services/test-lane.ts';

let lane: TestLane;
beforeAll(async () => {
  lane = await openTestLane();
});
afterAll(() => lane.stop());

const charge = (subject: string, amount: number) =>
  lane.command('charge-points-as-operator', {
    subject: 'operator',
    input: { subject, amount },
  });

test('succeeds: the user has the points, and the log says which operator gave them', async () => {
  await lane.points('ada', 10);
  const command = charge('ada', 100);
  expect(await lane.result(command)).toEqual({ balance: 110 });
  expect(await historyOf(lane, 'ada')).toEqual(['charge 10 = 10', 'charge 100 = 110']);
  expect(await historyOf(lane, 'operator')).toEqual([]);
  const lines = await lane.rows(
    `select subject, before, after from operator_log join app_user on app_user.id = user_id
     where job_id = '${command.jobId}'`,
  );
  const before = { subject: 'ada', balance: 10 };
  expect(lines).toEqual([{ subject: 'operator', before, after: { balance: 110 } }]);
});

test('a user who is not known yet can get points, also with others in one batch', async () => {
  const finished = await lane.run(charge('new', 5), charge('new', 6), charge('other', 7));
  const balances = finished.map(({ outcome }) => outcome);
  expect(balances).toEqual(
    [5, 11, 7].map((balance) => ({ state: 'succeeded', result: { balance } })),
  );
  expect(await historyOf(lane, 'new')).toEqual(['charge 5 = 5', 'charge 6 = 11']);
});

test('runs twice with one effect', () => expectOneEffect(lane, charge('bea', 100)));

test('leaves nothing behind when a statement fails midway', () =>
  expectNothingBehind(lane, charge('cleo', 100), 'insert on operator_log'));
