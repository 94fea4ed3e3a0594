/** Beginning to buy points by card, through `runBatch`. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectNothingBehind, expectOneEffect } from '../../../../support/handler-promises.ts';
import {
  type Checkouts,
  callsFor,
  checkoutState,
  checkoutsOf,
  historyOf,
} from '../../../../support/money/checkouts.ts';
import { openTestLane, type TestLane } from '../../../../support/services/test-lane.ts';

let lane: TestLane;
let checkouts: Checkouts;
beforeAll(async () => {
  lane = await openTestLane();
  checkouts = checkoutsOf(lane);
});
afterAll(() => lane.stop());

test('succeeds: the points are added once the money was captured', async () => {
  const checkout = await checkouts.known(await lane.result(checkouts.topUp('ada', 700)));
  expect(checkout).toMatchObject({ orderId: null, amount: 700, state: 'opening' });
  expect(await callsFor(lane, checkout)).toEqual(['open']);
  expect(await historyOf(lane, 'ada')).toEqual([]);
  const settled = await lane.result(checkouts.settle(checkout));
  expect(settled).toMatchObject({ checkout: { state: 'credited' }, order: null });
  expect(await checkoutState(lane, checkout)).toBe(
    'credited: 700 captured, 0 on its way, 0 refunded',
  );
  expect(await historyOf(lane, 'ada')).toEqual(['charge 700 = 700']);
});

test('credits what was captured, not what was asked for', async () => {
  const checkout = await checkouts.known(await lane.result(checkouts.topUp('bea', 700)));
  await lane.result(checkouts.settle(checkout, { amount: 650 }));
  expect(await historyOf(lane, 'bea')).toEqual(['charge 650 = 650']);
});

test('runs twice with one effect', () => expectOneEffect(lane, checkouts.topUp('cleo', 5)));

test('leaves nothing behind when the call cannot be owed', () =>
  expectNothingBehind(lane, checkouts.topUp('dora', 5), 'insert on outbox_call'));
