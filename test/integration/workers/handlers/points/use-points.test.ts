/** Using points, through `runBatch`. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  expectNothingBehind,
  expectOneEffect,
  expectRefusal,
} from '../../../../support/handler-promises.ts';
import { openTestLane, type TestLane } from '../../../../support/services/test-lane.ts';

let lane: TestLane;
beforeAll(async () => {
  lane = await openTestLane();
});
afterAll(() => lane.stop());

const use = (subject: string, amount: number) =>
  lane.command('use-points', { subject, input: { amount } });

test('succeeds: all points can be used', async () => {
  await lane.points('ada', 100);
  expect(await lane.outcome(use('ada', 40))).toMatchObject({ result: { balance: 60 } });
  expect(await lane.outcome(use('ada', 60))).toMatchObject({ result: { balance: 0 } });
  const lines = await lane.rows(
    `select kind, amount::int, balance::int from point_history where kind = 'use' order by id`,
  );
  expect(lines).toEqual([
    { kind: 'use', amount: 40, balance: 60 },
    { kind: 'use', amount: 60, balance: 0 },
  ]);
});

test('refuses more points than the balance', async () => {
  await lane.points('bea', 100);
  await expectRefusal(lane, use('bea', 101), { code: 'INSUFFICIENT_POINTS' });
});

test('refuses points of a user who never had any', () =>
  expectRefusal(lane, use('a newcomer', 1), { code: 'INSUFFICIENT_POINTS' }));

test('a batch that exceeds the balance refuses only the commands beyond it', async () => {
  await lane.points('cleo', 100);
  const finished = await lane.run(use('cleo', 60), use('cleo', 60), use('cleo', 40));
  expect(finished.map(({ outcome }) => outcome.state)).toEqual([
    'succeeded',
    'rejected',
    'succeeded',
  ]);
});

test('runs twice with one effect', async () => {
  await lane.points('dora', 100);
  await expectOneEffect(lane, use('dora', 60));
});

test('leaves nothing behind when a statement fails midway', async () => {
  await lane.points('eva', 100);
  await expectNothingBehind(lane, use('eva', 60), 'insert on point_history');
});
