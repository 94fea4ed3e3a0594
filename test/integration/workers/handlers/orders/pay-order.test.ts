/** Paying orders, through `runBatch`. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Order, PaidOrder } from '../../../../../src/commands/schemas/resources.ts';
import { admit } from '../../../../../workers/timers/queue/admit.ts';
import {
  expectNothingBehind,
  expectOneEffect,
  expectRefusal,
} from '../../../../support/handler-promises.ts';
import { type Orders, orderState, ordersOf } from '../../../../support/orders.ts';
import { type Buyer, openTestLane, type TestLane } from '../../../../support/services/test-lane.ts';

let lane: TestLane;
let seatIds: number[];
let floor: number;
let orders: Orders;
beforeAll(async () => {
  lane = await openTestLane({ seatsPerUserMax: 30 });
  const schedule = await lane.schedule({
    seats: [{ section: null, row: null, from: 1, to: 80, price: 100 }],
    areas: [{ name: 'Floor', capacity: 2, price: 50 }],
  });
  [floor] = schedule.areaIds as [number];
  seatIds = schedule.seatIds;
  orders = ordersOf(lane, schedule.id);
});
afterAll(() => lane.stop());

const some = (count: number) => seatIds.splice(0, count);

/** A user with so many points, and an order of two seats. */
async function holder(subject: string, points = 300): Promise<{ buyer: Buyer; order: Order }> {
  const buyer = await lane.buyer(subject);
  if (points > 0) await lane.points(subject, points);
  return { buyer, order: await orders.order(buyer, some(2)) };
}

async function entryOf({ entryId }: Buyer): Promise<string> {
  const [entry] = await lane.rows<{ what: string }>(
    `select concat_ws(' ', state, end_reason) as what from queue_entry where id = ${entryId}`,
  );
  return entry?.what ?? 'none';
}

test('succeeds: points, history, seats, order, payment and queue entry change together', async () => {
  const { buyer, order } = await holder('ada');
  const command = orders.pay(buyer, order.id);
  const paid = await lane.result<PaidOrder>(command);
  expect(paid).toMatchObject({ balance: 100, order: { id: order.id, state: 'paid', total: 200 } });
  expect(paid.order.paidAt).not.toBeNull();
  expect(paid.order.bookings.map(({ state }) => state)).toEqual(['paid', 'paid']);
  expect(await orderState(lane, order.id)).toBe('paid: paid sold, paid sold');
  const money = await lane.rows(
    `select price::int, payment.kind, booking_id, line.amount::int, line.balance::int
     from payment join point_history line using (job_id) where order_id = ${order.id}`,
  );
  const line = { amount: 200, balance: 100 };
  expect(money).toEqual([{ price: 200, kind: 'payment', booking_id: null, ...line }]);
  expect(await entryOf(buyer)).toBe('ended paid');
});

test('refuses unknown orders and those of others', async () => {
  const { order } = await holder('bea');
  const thief = await lane.buyer('a thief');
  await expectRefusal(lane, orders.pay(thief, 999_999), { code: 'ORDER_NOT_FOUND' });
  await expectRefusal(lane, orders.pay(thief, order.id), { code: 'NOT_ORDER_OWNER' });
});

test('refuses an order that is paid, also within one batch and with the token that has ended', async () => {
  const { buyer, order } = await holder('cleo');
  const [, second] = await lane.run(orders.pay(buyer, order.id), orders.pay(buyer, order.id));
  const paid = { code: 'PAYMENT_ALREADY_PROCESSED' };
  expect(second?.outcome).toMatchObject({ problem: paid });
  await expectRefusal(lane, orders.pay(buyer, order.id), paid);
});

test('refuses a cancelled order and an expired hold', async () => {
  const one = await holder('dora');
  await lane.result(orders.cancel('dora', one.order.id));
  await expectRefusal(lane, orders.pay(one.buyer, one.order.id), { code: 'ORDER_CANCELLED' });
  const other = await holder('eva');
  await lane.expireHold({ orderId: other.order.id }, { isInGrace: true });
  await expectRefusal(lane, orders.pay(other.buyer, other.order.id), { code: 'HOLD_EXPIRED' });
});

test('refuses insufficient points, reports the missing points, and pays no part of the order', async () => {
  const { buyer, order } = await holder('fay', 199);
  await expectRefusal(lane, orders.pay(buyer, order.id), {
    code: 'INSUFFICIENT_POINTS',
    missing: 1,
  });
  expect(await orderState(lane, order.id)).toBe('held: held held, held held');
});

test('one booking of several cannot be paid by itself', async () => {
  const { buyer, order } = await holder('gil');
  const input = { bookingId: order.bookings[0]?.id };
  const payOne = () => lane.command('pay-booking', { ...buyer, input });
  await expectRefusal(lane, payOne(), { code: 'BOOKING_IN_ORDER', orderId: order.id });
  // Once the other is cancelled, it is an order of one.
  const rest = { bookingId: order.bookings[1]?.id };
  await lane.result(lane.command('cancel-booking', { subject: 'gil', input: rest }));
  expect(await lane.result(payOne())).toMatchObject({ ...input, price: 100, balance: 200 });
  expect(await orderState(lane, order.id)).toBe('paid: paid sold, cancelled available');
});

test('a held order can be paid even if the queue entry ended before the order was written', async () => {
  const buyer = await lane.buyer('hana');
  await lane.points('hana', 100);
  const acceptedAt = Date.now() - 100;
  const place = orders.place(buyer, some(1), { acceptedAt });
  await lane.rows(`update queue_entry set state = 'ended', ended_at = now(), end_reason = 'expired',
    expires_at = now() where id = ${buyer.entryId}`);
  const { id } = await lane.result<Order>(place);
  expect(await lane.result(orders.pay(buyer, id))).toMatchObject({ order: { state: 'paid' } });
});

test('a user who has left the queue cannot pay', async () => {
  const { buyer, order } = await holder('ida');
  await lane.result(lane.command('leave-queue', { subject: 'ida' }));
  await expectRefusal(lane, orders.pay(buyer, order.id), { code: 'QUEUE_TOKEN_INVALID' });
});

test('the queue entry ends with the payment of the last held order', async () => {
  const { buyer, order } = await holder('jana');
  await lane.points('jana', 300);
  const second = await orders.order(buyer, some(1));
  const third = await orders.order(buyer, some(1));
  await lane.result(orders.pay(buyer, order.id));
  expect(await entryOf(buyer)).toBe('active');
  await lane.run(orders.pay(buyer, second.id), orders.pay(buyer, third.id));
  expect(await entryOf(buyer)).toBe('ended paid');
});

test('in one batch with the first order of another user, whose queue entry is prolonged', async () => {
  const { buyer, order } = await holder('lena');
  const other = await lane.buyer('mona');
  await lane.rows(`update queue_entry set expires_at = now() + interval '1 second'
    where id = ${other.entryId}`);
  const commands = [orders.pay(buyer, order.id), orders.place(other, some(1))];
  const finished = await lane.run(...commands);
  expect(finished.map(({ outcome }) => outcome.state)).toEqual(['succeeded', 'succeeded']);
  expect(await entryOf(buyer)).toBe('ended paid');
  const prolonged = await lane.rows(
    `select queue_entry.state, claimed_at is not null as "isClaimed", expires_at = hold_expires_at as "endsWithHold"
     from queue_entry join app_order on entry_id = queue_entry.id where queue_entry.id = ${other.entryId}`,
  );
  expect(prolonged).toEqual([{ state: 'active', isClaimed: true, endsWithHold: true }]);
});

test('an expired hold does not prolong the queue entry', async () => {
  const { buyer, order } = await holder('kim');
  await lane.expireHold({ orderId: (await orders.order(buyer, some(1))).id });
  await lane.result(orders.pay(buyer, order.id));
  expect(await entryOf(buyer)).toBe('ended paid');
});

test('the payment ends the queue entry under which the order was placed, not a later one', async () => {
  const { buyer, order } = await holder('lena');
  await lane.rows(`update queue_entry set state = 'ended', ended_at = now(), end_reason = 'expired'
    where id = ${buyer.entryId}`);
  const again = await lane.buyer('lena');
  expect(again.entryId).not.toBe(buyer.entryId);
  await lane.result(orders.pay(again, order.id));
  expect(await entryOf(again)).toBe('active');
});

test('an order that is placed and paid in one batch ends the queue entry that it prolonged', async () => {
  const buyer = await lane.buyer('mia');
  await lane.points('mia', 100);
  const [next] = await lane.rows<{ id: number }>(
    `select (last_value + 1)::int as id from app_order_id_seq`,
  );
  const id = next?.id ?? 0;
  const finished = await lane.run(orders.place(buyer, some(1)), orders.pay(buyer, id));
  expect(finished.map(({ outcome }) => outcome.state)).toEqual(['succeeded', 'succeeded']);
  expect(await orderState(lane, id)).toBe('paid: paid sold');
  expect(await entryOf(buyer)).toBe('ended paid');
});

test('a payment and a new order of the same user in one batch keep the queue entry active', async () => {
  const { buyer, order } = await holder('nora');
  const finished = await lane.run(orders.place(buyer, some(1)), orders.pay(buyer, order.id));
  expect(finished.map(({ outcome }) => outcome.state)).toEqual(['succeeded', 'succeeded']);
  expect(await entryOf(buyer)).toBe('active');
  await admit(lane.orm, lane.config);
  expect(await entryOf(buyer)).toBe('active');
});

test('runs twice with one effect', async () => {
  const { buyer, order } = await holder('olga');
  await expectOneEffect(lane, orders.pay(buyer, order.id));
});

test('changes no booking of a seat', async () => {
  const { buyer, order } = await holder('yara');
  const writes = await lane.breakWrites('update on booking');
  try {
    await lane.result(orders.pay(buyer, order.id));
  } finally {
    await writes.mend();
  }
  expect(await orderState(lane, order.id)).toBe('paid: paid sold, paid sold');
});

test.each(['insert on payment', 'update on app_order', 'update on seat'])(
  'leaves nothing behind when the %s fails',
  async (write) => {
    const { buyer, order } = await holder(`unlucky ${write}`);
    await expectNothingBehind(lane, orders.pay(buyer, order.id), write);
  },
);

test.each(['update on booking', 'update on area'])(
  'leaves nothing behind when the %s fails for places of an area',
  async (write) => {
    const buyer = await lane.buyer(`unlucky area ${write}`);
    await lane.points(buyer.subject, 300);
    const wanted = { areas: [{ areaId: floor, quantity: 1 }] };
    const { id } = await lane.result<Order>(orders.placeIn(buyer, wanted));
    await expectNothingBehind(lane, orders.pay(buyer, id), write);
  },
);
