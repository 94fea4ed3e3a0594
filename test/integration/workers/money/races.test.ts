/**
 * Card payments against other transactions. A lock that the test holds stops the first one half way, so that the second one meets what
 * it has locked.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Order } from '../../../../src/commands/schemas/resources.ts';
import { applyBatch } from '../../../../workers/batch/apply-batch.ts';
import type { OwnedLane, TakenCommand } from '../../../../workers/batch/batch.ts';
import { expireHolds } from '../../../../workers/timers/expire-holds.ts';
import {
  type Checkouts,
  checkoutState,
  checkoutsOf,
  historyOf,
  type KnownCheckout,
} from '../../../support/money/checkouts.ts';
import { type Orders, orderState, ordersOf } from '../../../support/orders.ts';
import {
  type Buyer,
  inLane,
  openTestLane,
  type TestLane,
  takeLane,
} from '../../../support/services/test-lane.ts';

let lane: TestLane;
let other: OwnedLane;
let seatIds: number[];
let orders: Orders;
let checkouts: Checkouts;
let bea: Buyer;
beforeAll(async () => {
  lane = await openTestLane({ seatsPerUserMax: 30 });
  other = await takeLane(lane.orm, 'user-1');
  const schedule = await lane.schedule();
  ({ seatIds } = schedule);
  orders = ordersOf(lane, schedule.id);
  checkouts = checkoutsOf(lane);
  bea = await lane.buyer('bea');
});
afterAll(() => lane.stop());

interface Holder {
  buyer: Buyer;
  order: Order;
  seatId: number;
}

/** A user who has points, because a lock of them stops commands after they have locked orders and checkouts. */
async function holder(subject: string): Promise<Holder> {
  const buyer = await lane.buyer(subject);
  await lane.points(subject, 1);
  const seatId = seatIds.shift() as number;
  return { buyer, seatId, order: await orders.order(buyer, [seatId]) };
}

async function payer(subject: string): Promise<Holder & { checkout: KnownCheckout }> {
  const held = await holder(subject);
  return { ...held, checkout: await checkouts.begun(held.buyer, held.order.id) };
}

const pointsOf = (subject: string) =>
  `select from points where user_id = (select id from app_user where subject = '${subject}') for update`;

/** What became of a command that another lane applies in a transaction of its own, which waits for locks. */
async function outcomeOf(command: TakenCommand, own: OwnedLane = lane.lane): Promise<string> {
  const batch = { lane: own, commands: [inLane(command, own)] };
  const [finished] = await applyBatch(lane.deps, [batch], { lockTimeoutMs: 20_000 });
  const outcome = finished?.outcome;
  return outcome?.state === 'rejected' ? outcome.problem.code : String(outcome?.state);
}

/**
 * Applies both, each in a lane: the first one waits for the points of its user after it has locked orders and checkouts, and the second
 * one waits for it.
 */
async function race(subject: string, first: TakenCommand, second: TakenCommand): Promise<string[]> {
  const release = await lane.lock(pointsOf(subject));
  const one = outcomeOf(first);
  await lane.waitForLockWaiters(1);
  const two = outcomeOf(second, other);
  await lane.waitForLockWaiters(2);
  await release();
  return Promise.all([one, two]);
}

/** The hold and its grace period ran out a second ago. The command was accepted before that. */
async function runOut({ buyer, order }: Holder): Promise<{ acceptedAt: number }> {
  await lane.expireHold({ orderId: order.id });
  await lane.rows(`update queue_entry set admitted_at = admitted_at - interval '2 hours',
    entered_at = entered_at - interval '2 hours' where id = ${buyer.entryId}`);
  return { acceptedAt: Date.now() - 3_600_000 };
}

const isPaid = 'paid: 100 captured, 0 on its way, 0 refunded';
const isOnItsWay = 'refunding: 100 captured, 100 on its way, 0 refunded';

test('two pages of one order, asked for in two lanes: the second one is refused', async () => {
  const { buyer, order } = await holder('ada');
  const start = () => checkouts.start(buyer, order.id);
  expect(await race('ada', start(), start())).toEqual(['succeeded', 'CHECKOUT_OPEN']);
});

test('a constraint forbids a second open page, whoever asks', async () => {
  const { checkout } = await payer('cleo');
  const copy =
    lane.rows(`insert into checkout (user_id, order_id, provider, amount, currency, state, return_url,
      expires_at, look_at, created_at, job_id)
    select user_id, order_id, provider, amount, currency, state, return_url, expires_at, look_at, created_at, job_id
    from checkout where id = ${checkout.id}`);
  await expect(copy).rejects.toThrow('checkout_one_open_per_order');
});

test('a page asked for first prolongs the hold, and the timer skips it', async () => {
  const held = await holder('dora');
  const start = checkouts.start(held.buyer, held.order.id, await runOut(held));
  const release = await lane.lock(pointsOf('dora'));
  const outcome = outcomeOf(start);
  await lane.waitForLockWaiters(1);
  expect(await expireHolds(lane.orm)).toBe(0);
  await release();
  expect(await outcome).toBe('succeeded');
  expect(await expireHolds(lane.orm)).toBe(0);
  expect(await orderState(lane, held.order.id)).toBe('held: held held');
});

test('a hold that the timer has ended cannot be paid by card', async () => {
  const held = await holder('eva');
  const start = checkouts.start(held.buyer, held.order.id, await runOut(held));
  expect(await expireHolds(lane.orm)).toBe(1);
  expect(await outcomeOf(start)).toBe('HOLD_EXPIRED');
});

test('a page asked for first keeps the seat from the next buyer', async () => {
  const held = await holder('fay');
  const start = checkouts.start(held.buyer, held.order.id, await runOut(held));
  const take = orders.place(bea, [held.seatId]);
  expect(await race('fay', start, take)).toEqual(['succeeded', 'SEAT_ALREADY_HELD']);
});

test('the next buyer who was first keeps the seat from a page', async () => {
  const held = await holder('gil');
  const start = checkouts.start(held.buyer, held.order.id, await runOut(held));
  expect(await outcomeOf(orders.place(bea, [held.seatId]))).toBe('succeeded');
  expect(await outcomeOf(start)).toBe('HOLD_EXPIRED');
});

test('a payment in the last second gets the seat that the next buyer wants', async () => {
  const paying = await payer('hana');
  await runOut(paying);
  const settle = checkouts.settle(paying.checkout);
  const take = orders.place(bea, [paying.seatId]);
  expect(await race('hana', settle, take)).toEqual(['succeeded', 'SEAT_ALREADY_SOLD']);
  expect(await checkoutState(lane, paying.checkout)).toBe(isPaid);
});

test('a payment after the next buyer has taken the seat goes back to the card', async () => {
  const paying = await payer('ida');
  await runOut(paying);
  expect(await outcomeOf(orders.place(bea, [paying.seatId]))).toBe('succeeded');
  expect(await outcomeOf(checkouts.settle(paying.checkout))).toBe('succeeded');
  expect(await checkoutState(lane, paying.checkout)).toBe(isOnItsWay);
  expect(await historyOf(lane, 'ida')).toEqual(['charge 1 = 1', 'charge 100 = 101', 'use 100 = 1']);
});

test('two events about one payment, applied in two lanes, credit it once', async () => {
  const { checkout } = await payer('jana');
  const settle = () => checkouts.settle(checkout);
  expect(await race('jana', settle(), settle())).toEqual(['succeeded', 'succeeded']);
  expect(await checkoutState(lane, checkout)).toBe(isPaid);
  expect(await historyOf(lane, 'jana')).toEqual([
    'charge 1 = 1',
    'charge 100 = 101',
    'use 100 = 1',
  ]);
});

test('an operator cancels the order first: the payment goes back to the card', async () => {
  const { order, checkout } = await payer('kim');
  const input = { orderId: order.id, reason: 'The buyer is ill' };
  const cancel = lane.command('cancel-order-as-operator', { subject: 'operator', input });
  expect(await race('kim', cancel, checkouts.settle(checkout))).toEqual(['succeeded', 'succeeded']);
  expect(await orderState(lane, order.id)).toBe('cancelled: cancelled available');
  expect(await checkoutState(lane, checkout)).toBe(isOnItsWay);
});

test('the payment comes first: the operator refunds a paid order', async () => {
  const { order, checkout } = await payer('lena');
  const input = { orderId: order.id, reason: 'The buyer is ill' };
  const cancel = lane.command('cancel-order-as-operator', { subject: 'operator', input });
  expect(await race('lena', checkouts.settle(checkout), cancel)).toEqual([
    'succeeded',
    'succeeded',
  ]);
  expect(await orderState(lane, order.id)).toBe('refunded: refunded available');
});

test('the answer with the page waits for the event, and the other way round', async () => {
  const one = await payer('mona');
  const answer = checkouts.opened(one.checkout);
  expect(await race('mona', checkouts.settle(one.checkout), answer)).toEqual([
    'succeeded',
    'succeeded',
  ]);
  const [row] = await lane.rows(
    `select state, redirect_url is not null as has_page from checkout where id = ${one.checkout.id}`,
  );
  expect(row).toEqual({ state: 'paid', has_page: true });
});

test('a payment with points does not wait for a checkout that is locked', async () => {
  const { buyer, order, checkout } = await payer('olga');
  await lane.points('olga', 99);
  const release = await lane.lock(`select from checkout where id = ${checkout.id} for update`);
  const commands = [orders.pay(buyer, order.id)];
  const [finished] = await applyBatch(lane.deps, [{ lane: lane.lane, commands }], {
    lockTimeoutMs: 100,
  });
  await release();
  expect(finished?.outcome.state).toBe('succeeded');
  expect(await outcomeOf(checkouts.settle(checkout))).toBe('succeeded');
  expect(await checkoutState(lane, checkout)).toBe(isOnItsWay);
});
