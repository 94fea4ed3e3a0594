/** What a provider tells of a card payment, through `runBatch`. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SettledCheckout } from '../../../../../src/commands/money/settle-checkout.ts';
import type { Order } from '../../../../../src/commands/schemas/resources.ts';
import { effects } from '../../../../support/effects.ts';
import { expectNothingBehind, expectOneEffect } from '../../../../support/handler-promises.ts';
import {
  type Checkouts,
  callsFor,
  checkoutState,
  checkoutsOf,
  historyOf,
  type KnownCheckout,
} from '../../../../support/money/checkouts.ts';
import { type Orders, orderState, ordersOf } from '../../../../support/orders.ts';
import { type Buyer, openTestLane, TestLane } from '../../../../support/services/test-lane.ts';

let lane: TestLane;
let seatIds: number[];
let areaId: number;
let scheduleId: number;
let orders: Orders;
let checkouts: Checkouts;
beforeAll(async () => {
  lane = await openTestLane({ seatsPerUserMax: 30 });
  const schedule = await lane.schedule({
    seats: [{ section: null, row: null, from: 1, to: 80, price: 100 }],
    areas: [{ name: 'Floor', capacity: 40, price: 50 }],
  });
  ({ seatIds, id: scheduleId } = schedule);
  [areaId] = schedule.areaIds as [number];
  orders = ordersOf(lane, scheduleId);
  checkouts = checkoutsOf(lane);
});
afterAll(() => lane.stop());

interface Paying {
  buyer: Buyer;
  order: Order;
  checkout: KnownCheckout;
}

/** A user who is about to pay a seat and a place of the area by card. */
async function paying(subject: string): Promise<Paying> {
  const buyer = await lane.buyer(subject);
  const wanted = { seatIds: seatIds.splice(0, 1), areas: [{ areaId, quantity: 1 }] };
  const order = await lane.result<Order>(orders.placeIn(buyer, wanted));
  return { buyer, order, checkout: await checkouts.begun(buyer, order.id) };
}

const settle = (checkout: KnownCheckout, told: object = {}) =>
  lane.result<SettledCheckout>(checkouts.settle(checkout, told));
const isPaid = 'paid: 150 captured, 0 on its way, 0 refunded';
const isOnItsWay = 'refunding: 150 captured, 150 on its way, 0 refunded';
/** The history of a user whose money came too late. */
const passed = ['charge 150 = 150', 'use 150 = 0'];

test('pays the order: money, history, places, order, payment and queue entry change together', async () => {
  const { buyer, order, checkout } = await paying('ada');
  await lane.points('ada', 7);
  const { checkout: settled, order: paid, entryId } = await settle(checkout);
  // API processes forget that it is active.
  expect(entryId).toBe(buyer.entryId);
  expect(settled).toMatchObject({ id: checkout.id, state: 'paid' });
  expect(paid).toMatchObject({ id: order.id, state: 'paid', total: 150 });
  expect(await checkoutState(lane, checkout)).toBe(isPaid);
  expect(await orderState(lane, order.id)).toBe('paid: paid sold, paid area');
  // It never costs points that the user had before.
  expect(await historyOf(lane, 'ada')).toEqual(['charge 7 = 7', 'charge 150 = 157', 'use 150 = 7']);
  const payments = await lane.rows(
    `select kind, price::int, balance::int from payment where order_id = ${order.id}`,
  );
  expect(payments).toEqual([{ kind: 'payment', price: 150, balance: 7 }]);
  const [entry] = await lane.rows(
    `select state, end_reason from queue_entry where id = ${buyer.entryId}`,
  );
  expect(entry).toEqual({ state: 'ended', end_reason: 'paid' });
  const [row] = await lane.rows(
    `select provider_ref, look_at, paid_at = settled_at as is_one from checkout where id = ${checkout.id}`,
  );
  expect(row).toEqual({ provider_ref: `chk_${checkout.id}`, look_at: null, is_one: true });
});

test('keeps the queue entry while the user holds another order', async () => {
  const { buyer, checkout } = await paying('bea');
  await lane.result(orders.placeIn(buyer, { areas: [{ areaId, quantity: 1 }] }));
  await settle(checkout);
  const [entry] = await lane.rows(`select state from queue_entry where id = ${buyer.entryId}`);
  expect(entry).toEqual({ state: 'active' });
});

test('runs twice with one effect', async () => {
  const { checkout } = await paying('cleo');
  await expectOneEffect(lane, checkouts.settle(checkout));
});

test.each(['insert on payment', 'update on checkout', 'insert on point_history'])(
  'leaves nothing behind when the %s fails',
  async (write) => {
    const { checkout } = await paying(`a user of the ${write}`);
    await expectNothingBehind(lane, checkouts.settle(checkout), write);
  },
);

test('two events and a look settle it once, together and one after the other', async () => {
  const { order, checkout } = await paying('dora');
  const twice = await lane.run(checkouts.settle(checkout), checkouts.settle(checkout));
  expect(twice.map(({ outcome }) => outcome.state)).toEqual(['succeeded', 'succeeded']);
  expect(twice[1]?.outcome).toMatchObject({ result: { checkout: { state: 'paid' }, order: null } });
  const before = await effects(lane.rows);
  expect(await settle(checkout)).toMatchObject({ checkout: { state: 'paid' }, order: null });
  expect(await effects(lane.rows)).toEqual(before);
  expect(await orderState(lane, order.id)).toBe('paid: paid sold, paid area');
});

test('money counts after a failure or an end; these do not count after money', async () => {
  for (const outcome of ['failed', 'expired']) {
    const { checkout } = await paying(`a user whose payment ${outcome} first`);
    const first = await settle(checkout, { outcome, failure: 'CARD_DECLINED' });
    expect(first).toMatchObject({ checkout: { state: outcome }, order: null });
    expect(await settle(checkout)).toMatchObject({ checkout: { state: 'paid' } });
    const late = await settle(checkout, { outcome });
    expect(late).toMatchObject({ checkout: { state: 'paid' }, order: null });
    expect(await checkoutState(lane, checkout)).toBe(isPaid);
  }
});

test('a failure is noted, and leaves the hold to the next try', async () => {
  const { buyer, order, checkout } = await paying('eva');
  await settle(checkout, { outcome: 'failed', failure: 'CARD_DECLINED', ref: undefined });
  const [row] = await lane.rows(
    `select state, failure, look_at, provider_ref from checkout where id = ${checkout.id}`,
  );
  const none = { look_at: null, provider_ref: null };
  expect(row).toEqual({ state: 'failed', failure: 'CARD_DECLINED', ...none });
  expect(await orderState(lane, order.id)).toBe('held: held held, held area');
  await settle(await checkouts.begun(buyer, order.id));
  expect(await orderState(lane, order.id)).toBe('paid: paid sold, paid area');
});

test('pays an order whose hold has run out, as long as nobody has taken its places', async () => {
  const { order, checkout } = await paying('fay');
  await lane.expireHold({ orderId: order.id });
  expect(await settle(checkout)).toMatchObject({ order: { id: order.id, state: 'paid' } });
});

test('money for an order that is cancelled goes back to the card', async () => {
  const { order, checkout } = await paying('gil');
  await lane.result(orders.cancel('gil', order.id));
  const { checkout: settled, order: paid } = await settle(checkout);
  expect([settled?.state, paid]).toEqual(['refunding', null]);
  expect(await checkoutState(lane, checkout)).toBe(isOnItsWay);
  expect(await historyOf(lane, 'gil')).toEqual(passed);
  const refunds = await lane.rows(
    `select card_refund.amount::int, card_refund.state, attempt, payment_id, card_refund.job_id = settled_job_id as is_of_settlement
     from card_refund join checkout on checkout.id = checkout_id where checkout_id = ${checkout.id}`,
  );
  const refund = { amount: 150, state: 'pending', attempt: 1, payment_id: null };
  expect(refunds).toEqual([{ ...refund, is_of_settlement: true }]);
  expect(await callsFor(lane, checkout)).toEqual(['open', 'refund']);
});

test('money for an order that is paid with points goes back to the card', async () => {
  const { buyer, order, checkout } = await paying('hana');
  await lane.points('hana', 150);
  await lane.result(orders.pay(buyer, order.id));
  await settle(checkout);
  expect(await checkoutState(lane, checkout)).toBe(isOnItsWay);
  expect(await historyOf(lane, 'hana')).toEqual(['charge 150 = 150', 'use 150 = 0', ...passed]);
});

test('of two checkouts of one order that are both paid, the second goes back to the card', async () => {
  const { buyer, order, checkout: first } = await paying('ida');
  await settle(first, { outcome: 'failed' });
  const second = await checkouts.begun(buyer, order.id);
  const finished = await lane.run(checkouts.settle(second), checkouts.settle(first));
  expect(finished.map(({ outcome }) => outcome.state)).toEqual(['succeeded', 'succeeded']);
  expect(await checkoutState(lane, second)).toBe(isPaid);
  expect(await checkoutState(lane, first)).toBe(isOnItsWay);
});

test('late money of an earlier page pays the order, and the page that is open is closed at once', async () => {
  const { buyer, checkout: first } = await paying('olga');
  await settle(first, { outcome: 'failed' });
  const second = await checkouts.begun(buyer, first.orderId as number);
  await settle(first);
  const lookAt = await lane.rows(
    `select id::int, look_at <= now() as is_due from checkout where id in (${first.id}, ${second.id})
     order by id`,
  );
  expect(lookAt).toEqual([
    { id: first.id, is_due: null },
    { id: second.id, is_due: true },
  ]);
});

test('another amount than asked for never pays the order', async () => {
  const { order, checkout } = await paying('jana');
  await settle(checkout, { amount: 149 });
  expect(await orderState(lane, order.id)).toBe('held: held held, held area');
  const state = 'refunding: 149 captured, 149 on its way, 0 refunded';
  expect(await checkoutState(lane, checkout)).toBe(state);
});

test('money for a performance that has begun goes back to the card', async () => {
  const soon = await lane.schedule();
  const buyer = await lane.buyer('kim');
  const order = await ordersOf(lane, soon.id).order(buyer, soon.seatIds.slice(0, 1));
  const checkout = await checkouts.begun(buyer, order.id);
  await lane.rows(`update schedule set start_at = now() - interval '1 second',
    booking_end_at = now() - interval '1 second' where id = ${soon.id}`);
  expect(await settle(checkout)).toMatchObject({ checkout: { state: 'refunding' }, order: null });
});

test('late money stays in the points if operators want that', async () => {
  const payments = { ...lane.config.payments, latePayment: 'keep' as const };
  const keeping = new TestLane(lane.orm, lane.lane, { ...lane.config, payments });
  const { order, checkout } = await paying('lena');
  await lane.result(orders.cancel('lena', order.id));
  const settled = await keeping.result(checkouts.settle(checkout));
  expect(settled).toMatchObject({ checkout: { state: 'credited' } });
  expect(await historyOf(lane, 'lena')).toEqual(['charge 150 = 150']);
  expect(await callsFor(lane, checkout)).toEqual(['open']);
});

test('what is told of another checkout with the same id changes nothing', async () => {
  const { checkout } = await paying('mona');
  const [call] = await lane.rows<{ id: number }>(
    `select id::int from outbox_call where checkout_id = ${checkout.id}`,
  );
  const before = await effects(lane.rows);
  for (const wrong of [{ key: 'checkout-1-other' }, { provider: 'stripe' }]) {
    const told = { ...wrong, callId: call?.id };
    expect(await settle(checkout, told)).toMatchObject({
      checkout: null,
      order: null,
      outcome: 'paid',
    });
  }
  expect(await callsFor(lane, checkout)).toEqual(['open']);
  const lost = { ...checkout, id: 999_999 };
  expect(await settle(lost)).toMatchObject({ checkout: null, order: null, outcome: 'paid' });
  expect(await effects(lane.rows)).toEqual(before);
});

test('what is told under another reference than that of the page changes nothing', async () => {
  const { checkout } = await paying('pia');
  await lane.result(checkouts.opened(checkout));
  const before = await effects(lane.rows);
  const other = { ref: 'chk_of_another_page' };
  const unknown = { checkout: null, order: null, outcome: 'paid' };
  expect(await settle(checkout, other)).toMatchObject({ ...unknown, told: other });
  // Nor does the end of another page end the checkout, whose own page may still be paid.
  for (const outcome of ['expired', 'failed']) {
    expect(await settle(checkout, { ...other, outcome })).toMatchObject({ ...unknown, outcome });
  }
  expect(await effects(lane.rows)).toEqual(before);
  expect(await settle(checkout, { ref: undefined })).toMatchObject({ order: { state: 'paid' } });
  expect(await settle(checkout, other)).toMatchObject(unknown);
  expect(await checkoutState(lane, checkout)).toBe(isPaid);
});

test('the call that asked is owed no more', async () => {
  const { checkout } = await paying('nora');
  const [call] = await lane.rows<{ id: number }>(`insert into outbox_call
      (kind, checkout_id, next_at, created_at) values ('look', ${checkout.id}, now(), now())
    returning id::int`);
  expect(await callsFor(lane, checkout)).toEqual(['open', 'look']);
  await settle(checkout, { callId: call?.id });
  expect(await callsFor(lane, checkout)).toEqual(['open']);
});
