/** The answer to the call that opens a payment page, through `runBatch`. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Order } from '../../../../../src/commands/schemas/resources.ts';
import { expectNothingBehind, expectOneEffect } from '../../../../support/handler-promises.ts';
import {
  type Checkouts,
  callsFor,
  checkoutsOf,
  type KnownCheckout,
  pageOf,
} from '../../../../support/money/checkouts.ts';
import { type Orders, orderState, ordersOf } from '../../../../support/orders.ts';
import { openTestLane, type TestLane } from '../../../../support/services/test-lane.ts';

let lane: TestLane;
let seatIds: number[];
let orders: Orders;
let checkouts: Checkouts;
beforeAll(async () => {
  lane = await openTestLane();
  const schedule = await lane.schedule();
  ({ seatIds } = schedule);
  orders = ordersOf(lane, schedule.id);
  checkouts = checkoutsOf(lane);
});
afterAll(() => lane.stop());

async function begun(subject: string): Promise<{ order: Order; checkout: KnownCheckout }> {
  const buyer = await lane.buyer(subject);
  const order = await orders.order(buyer, seatIds.splice(0, 1));
  return { order, checkout: await checkouts.begun(buyer, order.id) };
}

async function callOf({ id }: KnownCheckout): Promise<number> {
  const [call] = await lane.rows<{ id: number }>(
    `select id::int from outbox_call where checkout_id = ${id} and kind = 'open'`,
  );
  return call?.id ?? 0;
}

async function stored({ id }: KnownCheckout) {
  const [row] = await lane.rows<Record<string, unknown>>(
    `select state, provider_ref as ref, redirect_url as page, failure,
       look_at is not null as is_looked_at from checkout where id = ${id}`,
  );
  return row;
}

const page = ({ id }: KnownCheckout) => {
  const { ref, redirectUrl } = pageOf(id);
  return { ref, page: redirectUrl };
};

test('opens the checkout, and the call is owed no more', async () => {
  const { checkout } = await begun('ada');
  const command = checkouts.opened(checkout, undefined, await callOf(checkout));
  const result = await lane.result(command);
  const { redirectUrl } = pageOf(checkout.id);
  expect(result).toMatchObject({ id: checkout.id, state: 'open', redirectUrl });
  const open = { state: 'open', ...page(checkout), failure: null, is_looked_at: true };
  expect(await stored(checkout)).toEqual(open);
  expect(await callsFor(lane, checkout)).toEqual([]);
});

test('runs twice with one effect', async () => {
  const { checkout } = await begun('bea');
  await expectOneEffect(lane, checkouts.opened(checkout, undefined, await callOf(checkout)));
});

test('leaves nothing behind when a statement fails midway', async () => {
  const { checkout } = await begun('cleo');
  const command = checkouts.opened(checkout, undefined, await callOf(checkout));
  await expectNothingBehind(lane, command, 'delete on outbox_call');
});

test('a page that the provider refuses fails the checkout; the hold goes on', async () => {
  const { order, checkout } = await begun('dora');
  const answer = { kind: 'refused', failure: 'AMOUNT_TOO_SMALL' };
  await lane.result(checkouts.opened(checkout, answer));
  const none = { ref: null, page: null, is_looked_at: false };
  expect(await stored(checkout)).toEqual({
    state: 'failed',
    failure: 'AMOUNT_TOO_SMALL',
    ...none,
  });
  expect(await orderState(lane, order.id)).toBe('held: held held');
});

test('a checkout that was over before its page was asked for has expired', async () => {
  const { checkout } = await begun('eva');
  await lane.result(checkouts.opened(checkout, { kind: 'over' }));
  expect(await stored(checkout)).toMatchObject({ state: 'expired', is_looked_at: false });
});

test('an event can come first: the answer only adds the page', async () => {
  const { checkout } = await begun('fay');
  await lane.result(checkouts.settle(checkout));
  expect(await stored(checkout)).toMatchObject({ state: 'paid', ref: page(checkout).ref });
  await lane.result(checkouts.opened(checkout));
  expect(await stored(checkout)).toMatchObject({ state: 'paid', ...page(checkout) });
});

test('the page of a checkout that has ended unpaid is closed by a look, which is owed once', async () => {
  const { checkout } = await begun('gil');
  await lane.result(checkouts.settle(checkout, { outcome: 'expired', ref: undefined }));
  await lane.rows(`insert into outbox_call (kind, checkout_id, next_at, created_at)
    values ('look', ${checkout.id}, now() + interval '1 hour', now())`);
  await lane.result(checkouts.opened(checkout, undefined, await callOf(checkout)));
  expect(await stored(checkout)).toMatchObject({ state: 'expired', ...page(checkout) });
  expect(await callsFor(lane, checkout)).toEqual(['look']);
  const due = await lane.rows(
    `select from outbox_call where checkout_id = ${checkout.id} and next_at <= now()`,
  );
  expect(due).toHaveLength(1);
});

test('a page that is past its end is looked at at once', async () => {
  const { checkout } = await begun('hana');
  await lane.rows(`update checkout set expires_at = now() - interval '1 second',
    look_at = now() + interval '1 hour' where id = ${checkout.id}`);
  await lane.result(checkouts.opened(checkout));
  const due = await lane.rows(
    `select from checkout where id = ${checkout.id} and state = 'open' and look_at <= now()`,
  );
  expect(due).toHaveLength(1);
});

test('the answer for a lost checkout, whose ids others have now, changes nothing', async () => {
  const { checkout } = await begun('ida');
  const callId = await callOf(checkout);
  const key = 'checkout-1-of-another-time';
  for (const lost of [
    { ...checkout, subject: 'somebody else' },
    { ...checkout, key },
  ]) {
    expect(await lane.result(checkouts.opened(lost, undefined, callId))).toEqual({});
  }
  expect(await stored(checkout)).toMatchObject({ state: 'opening', ref: null });
  // The call may have got the id of the lost one too.
  expect(await callsFor(lane, checkout)).toEqual(['open']);
});

test('the answer to a lost call, whose id another checkout has now, leaves that call', async () => {
  const { checkout } = await begun('jana');
  const { checkout: other } = await begun('kim');
  await lane.result(checkouts.opened(checkout, undefined, await callOf(other)));
  expect(await stored(checkout)).toMatchObject({ state: 'open' });
  expect(await callsFor(lane, other)).toEqual(['open']);
});
