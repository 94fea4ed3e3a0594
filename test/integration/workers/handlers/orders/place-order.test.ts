/** Placing orders, through `runBatch`. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Order } from '../../../../../src/commands/schemas/resources.ts';
import {
  expectNothingBehind,
  expectOneEffect,
  expectRefusal,
} from '../../../../support/handler-promises.ts';
import { inHours } from '../../../../support/http/client.ts';
import { type Orders, orderState, ordersOf } from '../../../../support/orders.ts';
import { type Buyer, openTestLane, type TestLane } from '../../../../support/services/test-lane.ts';

let lane: TestLane;
let seatIds: number[];
let scheduleId: number;
let concertId: number;
let orders: Orders;
let ada: Buyer;
beforeAll(async () => {
  lane = await openTestLane({ seatsPerUserMax: 30 });
  ({ seatIds, id: scheduleId, concertId } = await lane.schedule());
  orders = ordersOf(lane, scheduleId);
  ada = await lane.buyer('ada');
});
afterAll(() => lane.stop());

const some = (count: number) => seatIds.splice(0, count);

test('succeeds: all seats are held by one order', async () => {
  const ids = some(3);
  const order = await orders.order(ada, ids);
  expect(order).toMatchObject({ state: 'held', concertId, scheduleId, queueId: 1, total: 300 });
  expect(order).toMatchObject({ paidAt: null, createdAt: expect.any(String) });
  const shared = { orderId: order.id, areaId: null, holdExpiresAt: order.holdExpiresAt };
  expect(order.bookings).toMatchObject(ids.map((seatId) => ({ ...shared, seatId, state: 'held' })));
  expect(await orderState(lane, order.id)).toBe('held: held held, held held, held held');
  const rows = await lane.rows(
    `select entry_id::int, total::int from app_order where id = ${order.id}`,
  );
  expect(rows).toEqual([{ entry_id: ada.entryId, total: 300 }]);
});

test('seats of two performances in one batch are each held for their own', async () => {
  const other = await lane.schedule({ startAt: inHours(30), endAt: inHours(32) });
  const [first, last] = some(2) as [number, number];
  const others = ordersOf(lane, other.id);
  const outcomes = await lane.run(
    orders.place(await lane.buyer('first'), [first]),
    others.place(await lane.buyer('second'), other.seatIds.slice(0, 2)),
    orders.place(await lane.buyer('last'), [last]),
  );
  const held = outcomes.map(({ outcome }) => (outcome as { result?: Order }).result?.bookings);
  const [own] = await lane.rows<{ startAt: Date }>(
    `select start_at as "startAt" from schedule where id = ${scheduleId}`,
  );
  const ofOwn = { scheduleId, concertId, startAt: own?.startAt.toISOString() };
  const ofOther = { scheduleId: other.id, concertId: other.concertId, startAt: other.startAt };
  expect(held).toMatchObject([[ofOwn], [ofOther, ofOther], [ofOwn]]);
});

test('the booking commands also place one order for all their seats', async () => {
  const single = await lane.hold(ada, some(1)[0] as number);
  const several = lane.command('book-seats', { ...ada, input: { seatIds: some(2) } });
  const { bookings } = await lane.result<{ bookings: { orderId: number }[] }>(several);
  expect(new Set([single, ...bookings].map(({ orderId }) => orderId)).size).toBe(2);
  expect(await orderState(lane, single.orderId)).toBe('held: held held');
});

test('the queue entry lasts as long as the hold, and is claimed', async () => {
  const bea = await lane.buyer('bea');
  await lane.rows(
    `update queue_entry set expires_at = now() + interval '1 minute' where id = ${bea.entryId}`,
  );
  const { holdExpiresAt } = await orders.order(bea, some(1));
  const [entry] = await lane.rows(
    `select state, expires_at, claimed_at is not null as claimed from queue_entry where id = ${bea.entryId}`,
  );
  expect(entry).toEqual({ state: 'active', expires_at: new Date(holdExpiresAt), claimed: true });
});

test('an entry that lasts longer than the hold keeps its end', async () => {
  const cleo = await lane.buyer('cleo');
  await lane.rows(`update queue_entry set expires_at = now() + interval '1 hour', claimed_at = now()
    where id = ${cleo.entryId}`);
  const read = `select expires_at, claimed_at from queue_entry where id = ${cleo.entryId}`;
  const before = await lane.rows(read);
  await orders.order(cleo, some(1));
  expect(await lane.rows(read)).toEqual(before);
});

test('refuses without an active queue entry, and after its booking time, with a detail that says so', async () => {
  const nobody = { subject: 'nobody', entryId: 999_999 };
  await expectRefusal(lane, orders.place(nobody, some(2)), { code: 'QUEUE_TOKEN_INVALID' });
  const dora = await lane.buyer('dora');
  await lane.rows(`update queue_entry set booking_until = now() - interval '1 second'
    where id = ${dora.entryId}`);
  await expectRefusal(lane, orders.place(dora, some(2)), {
    code: 'QUEUE_TOKEN_INVALID',
    detail: expect.stringContaining('What you hold can still be paid.'),
  });
});

test('an admission sets the same end for booking as for the session', async () => {
  const eva = await lane.buyer('eva');
  const rows = await lane.rows(
    `select booking_until = expires_at as same from queue_entry where id = ${eva.entryId}`,
  );
  expect(rows).toEqual([{ same: true }]);
});

test('refuses seats of another schedule, sold and held ones, with the seat', async () => {
  const [free, held] = some(2) as [number, number];
  await orders.order(ada, [held]);
  const other = await lane.schedule();
  const foreign = other.seatIds[0] as number;
  const elsewhere = { code: 'SEAT_NOT_FOUND', seatId: foreign };
  await expectRefusal(lane, orders.place(ada, [free, foreign]), elsewhere);
  await expectRefusal(lane, orders.place(ada, [foreign]), elsewhere);
  await expectRefusal(lane, orders.place(ada, [free, held]), {
    code: 'SEAT_ALREADY_HELD',
    seatId: held,
  });
});

test('takes the best available seats', async () => {
  const input = { scheduleId, bestAvailable: { quantity: 2 } };
  const command = lane.command('place-order', { ...ada, input });
  const { bookings } = await lane.result<Order>(command);
  expect(bookings).toHaveLength(2);
  seatIds = seatIds.filter((id) => !bookings.some(({ seatId }) => seatId === id));
  const unknown = { scheduleId: 999_999, bestAvailable: { quantity: 2 } };
  const nowhere = lane.command('place-order', { ...ada, input: unknown });
  await expectRefusal(lane, nowhere, { code: 'SCHEDULE_NOT_FOUND' });
});

test('refuses an unknown schedule, and unknown seats of a known one', async () => {
  const place = (input: object) => lane.command('place-order', { ...ada, input });
  const [seatId] = some(1) as [number];
  const nowhere = { code: 'SCHEDULE_NOT_FOUND' };
  await expectRefusal(lane, place({ scheduleId: 999_999, seatIds: [seatId] }), nowhere);
  const unknown = { code: 'SEAT_NOT_FOUND', seatId: 999_999 };
  await expectRefusal(lane, place({ scheduleId, seatIds: [999_999] }), unknown);
});

test('runs twice with one effect', async () => {
  await expectOneEffect(lane, orders.place(ada, some(2)));
});

test.each(['insert on app_order', 'insert on booking', 'update on queue_entry'])(
  'leaves nothing behind when the %s fails',
  async (write) => {
    const buyer = await lane.buyer(`unlucky ${write}`);
    await expectNothingBehind(lane, orders.place(buyer, some(2)), write);
  },
);
