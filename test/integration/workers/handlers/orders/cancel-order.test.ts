/** Cancelling and refunding orders, and single bookings of them, through `runBatch`. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Booking, Order } from '../../../../../src/commands/schemas/resources.ts';
import {
  expectNothingBehind,
  expectOneEffect,
  expectRefusal,
} from '../../../../support/handler-promises.ts';
import { inHours } from '../../../../support/http/client.ts';
import { type Orders, orderState, ordersOf } from '../../../../support/orders.ts';
import { openTestLane, type TestLane } from '../../../../support/services/test-lane.ts';

let lane: TestLane;
let seatIds: number[];
let orders: Orders;
beforeAll(async () => {
  lane = await openTestLane({ seatsPerUserMax: 30 });
  const schedule = await lane.schedule();
  seatIds = schedule.seatIds;
  orders = ordersOf(lane, schedule.id);
});
afterAll(() => lane.stop());

const some = (count: number) => seatIds.splice(0, count);
const cancelOne = (subject: string, { id }: Booking) =>
  lane.result<Booking>(lane.command('cancel-booking', { subject, input: { bookingId: id } }));

async function held(subject: string, seats = some(2)) {
  const buyer = await lane.buyer(subject);
  return { buyer, order: await orders.order(buyer, seats) };
}

async function paid(subject: string): Promise<Order> {
  const { buyer, order } = await held(subject);
  await lane.points(subject, 200);
  await lane.result(orders.pay(buyer, order.id));
  return order;
}

/** Refunds of an order, and the user's balance. */
const refunds = (orderId: number) =>
  lane.rows(
    `select payment.price::int, booking_id is null as whole, points.balance::int
     from payment join points using (user_id) where order_id = ${orderId} and kind = 'refund' order by id`,
  );

test('succeeds: a held order is cancelled with its bookings, and its seats are free', async () => {
  const { order } = await held('ada');
  expect(await lane.result(orders.cancel('ada', order.id))).toMatchObject({
    state: 'cancelled',
    total: 200,
    bookings: [{ state: 'cancelled' }, { state: 'cancelled' }],
  });
  expect(await orderState(lane, order.id)).toBe(
    'cancelled: cancelled available, cancelled available',
  );
});

test('a paid order is refunded as a whole, with one history row', async () => {
  const order = await paid('bea');
  expect(await lane.result(orders.cancel('bea', order.id))).toMatchObject({
    state: 'refunded',
    total: 200,
    bookings: [{ state: 'refunded' }, { state: 'refunded' }],
  });
  expect(await refunds(order.id)).toEqual([{ price: 200, whole: true, balance: 200 }]);
});

test('a booking that is cancelled leaves a held order, and the last one cancels it', async () => {
  const { order } = await held('cleo');
  const [one, other] = order.bookings as [Booking, Booking];
  await cancelOne('cleo', one);
  const total = () => lane.rows(`select state, total::int from app_order where id = ${order.id}`);
  expect(await total()).toEqual([{ state: 'held', total: 100 }]);
  await cancelOne('cleo', other);
  expect(await total()).toEqual([{ state: 'cancelled', total: 100 }]);
});

test('a booking of a paid order is refunded by itself, then the rest as a whole', async () => {
  const order = await paid('dora');
  expect(await cancelOne('dora', order.bookings[0] as Booking)).toMatchObject({
    state: 'refunded',
    orderId: order.id,
  });
  expect(await orderState(lane, order.id)).toBe('partly-refunded: refunded available, paid sold');
  expect(await lane.result(orders.cancel('dora', order.id))).toMatchObject({
    state: 'refunded',
    total: 200,
  });
  expect(await refunds(order.id)).toEqual([
    { price: 100, whole: false, balance: 200 },
    { price: 100, whole: false, balance: 200 },
  ]);
});

test('refuses unknown orders, those of others, and what has ended', async () => {
  const { order } = await held('eva');
  await expectRefusal(lane, orders.cancel('eva', 999_999), { code: 'ORDER_NOT_FOUND' });
  await expectRefusal(lane, orders.cancel('fay', order.id), { code: 'NOT_ORDER_OWNER' });
  await lane.expireHold({ orderId: order.id }, { isInGrace: true });
  await expectRefusal(lane, orders.cancel('eva', order.id), { code: 'HOLD_EXPIRED' });
  const refunded = await paid('gil');
  await lane.result(orders.cancel('gil', refunded.id));
  await expectRefusal(lane, orders.cancel('gil', refunded.id), { code: 'ORDER_CANCELLED' });
});

test('refuses a refund too soon before the start', async () => {
  const times = { startAt: inHours(20), endAt: inHours(22), bookingEndAt: inHours(19) };
  const soon = await lane.schedule(times);
  const buyer = await lane.buyer('hana');
  const { order, pay, cancel } = ordersOf(lane, soon.id);
  const { id } = await order(buyer, soon.seatIds.slice(0, 2));
  await lane.points('hana', 200);
  await lane.result(pay(buyer, id));
  await expectRefusal(lane, cancel('hana', id), { code: 'CANCELLATION_CLOSED' });
});

test('a whole order is cancelled and its seats are booked again in one batch', async () => {
  const { order } = await held('ida');
  const jana = await lane.buyer('jana');
  const seats = order.bookings.map(({ seatId }) => seatId);
  const finished = await lane.run(orders.cancel('ida', order.id), orders.place(jana, seats));
  expect(finished.map(({ outcome }) => outcome.state)).toEqual(['succeeded', 'succeeded']);
  expect(await orderState(lane, order.id)).toBe('cancelled: cancelled held, cancelled held');
});

test('runs twice with one effect', async () => {
  await expectOneEffect(lane, orders.cancel('kim', (await paid('kim')).id));
});

test('leaves nothing behind when a statement fails midway', async () => {
  const order = await paid('lena');
  await expectNothingBehind(lane, orders.cancel('lena', order.id), 'insert on payment');
});
