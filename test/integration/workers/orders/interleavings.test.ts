/** Orders whose hold has run out meet commands that were accepted in time, new orders of their seats, and the timer. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Booking, Order } from '../../../../src/commands/schemas/resources.ts';
import { expireHolds } from '../../../../workers/timers/expire-holds.ts';
import { type Orders, orderState, ordersOf } from '../../../support/orders.ts';
import {
  type Buyer,
  inLane,
  openTestLane,
  runToTheEnd,
  type TestLane,
  takeLane,
} from '../../../support/services/test-lane.ts';

const LIMIT = 4;
/** Before the ends of the holds that `expireHold` moves. */
const inTime = () => ({ acceptedAt: Date.now() - 15_000 });

let lane: TestLane;
let seatIds: number[];
let orders: Orders;
let bea: Buyer;
let count = 0;
beforeAll(async () => {
  lane = await openTestLane({ seatsPerUserMax: LIMIT });
});
afterAll(() => lane.stop());
beforeEach(async () => {
  const schedule = await lane.schedule();
  seatIds = schedule.seatIds;
  orders = ordersOf(lane, schedule.id);
  bea = await lane.buyer('bea');
});

const seats = (...places: number[]) => places.map((place) => seatIds[place] as number);

/** A user whose order of two seats ran out a second ago, grace period included. */
async function late(seatsOfOrder = seats(0, 1)): Promise<{ buyer: Buyer; order: Order }> {
  count += 1;
  const buyer = await lane.buyer(`late ${count}`);
  await lane.points(buyer.subject, 400);
  const order = await orders.order(buyer, seatsOfOrder);
  await lane.rows(`update queue_entry set admitted_at = admitted_at - interval '1 minute',
    entered_at = entered_at - interval '1 minute' where id = ${buyer.entryId}`);
  await lane.expireHold({ orderId: order.id });
  return { buyer, order };
}

const cancelOne = (subject: string, booking: Booking | undefined, more: object = {}) =>
  lane.command('cancel-booking', { subject, input: { bookingId: booking?.id }, ...more });

async function run(...commands: Parameters<TestLane['run']>) {
  const finished = await lane.run(...commands);
  return finished.map(({ outcome }) =>
    outcome.state === 'succeeded' ? 'succeeded' : outcome.problem.code,
  );
}

test('a new order of one seat ends the whole order that held it; its other seats are free', async () => {
  const { buyer, order } = await late();
  expect(await run(orders.place(bea, seats(0)), orders.pay(buyer, order.id, inTime()))).toEqual([
    'succeeded',
    'HOLD_EXPIRED',
  ]);
  expect(await orderState(lane, order.id)).toBe('expired: expired held, expired available');
});

test('a booking cancelled in time and its sibling booked again, in one batch', async () => {
  const { buyer, order } = await late();
  const [one] = order.bookings;
  expect(await run(cancelOne(buyer.subject, one, inTime()), orders.place(bea, seats(1)))).toEqual([
    'succeeded',
    'succeeded',
  ]);
  expect(await orderState(lane, order.id)).toBe('expired: cancelled available, expired held');
  const rows = await lane.rows(`select total::int from app_order where id = ${order.id}`);
  expect(rows).toEqual([{ total: 100 }]);
});

test('a sibling booked again and then a booking cancelled in time, in one batch', async () => {
  const { buyer, order } = await late();
  const [one] = order.bookings;
  expect(await run(orders.place(bea, seats(1)), cancelOne(buyer.subject, one, inTime()))).toEqual([
    'succeeded',
    'HOLD_EXPIRED',
  ]);
  expect(await orderState(lane, order.id)).toBe('expired: expired available, expired held');
});

test('a payment accepted in time and a new order of one of its seats, in one batch', async () => {
  const { buyer, order } = await late();
  expect(await run(orders.pay(buyer, order.id, inTime()), orders.place(bea, seats(1)))).toEqual([
    'succeeded',
    'SEAT_ALREADY_SOLD',
  ]);
  expect(await orderState(lane, order.id)).toBe('paid: paid sold, paid sold');
});

test('a new order of seats of two orders ends both', async () => {
  const one = await late(seats(0, 1));
  const other = await late(seats(2, 3));
  expect(await run(orders.place(bea, seats(1, 2)))).toEqual(['succeeded']);
  expect(await orderState(lane, one.order.id)).toBe('expired: expired available, expired held');
  expect(await orderState(lane, other.order.id)).toBe('expired: expired held, expired available');
});

test('the seat limit ends expired orders as a whole, the oldest first, and no more than needed', async () => {
  const { buyer, order } = await late(seats(0, 1));
  const second = await orders.order(buyer, seats(2));
  await lane.expireHold({ orderId: second.id });
  const [entry] = await lane.rows(`select state from queue_entry where id = ${buyer.entryId}`);
  expect(entry).toEqual({ state: 'active' });
  expect(await run(orders.place(buyer, seats(4, 5)))).toEqual(['succeeded']);
  expect(await orderState(lane, order.id)).toBe('expired: expired available, expired available');
  expect(await orderState(lane, second.id)).toBe('held: held held');
});

test('a refused order ends no expired order', async () => {
  const { order } = await late(seats(0, 1));
  await orders.order(bea, seats(2));
  expect(await run(orders.place(bea, seats(0, 2)))).toEqual(['SEAT_ALREADY_HELD']);
  expect(await orderState(lane, order.id)).toBe('held: held held, held held');
});

test('blocking a seat ends the expired order that held it', async () => {
  const { order } = await late();
  const block = { subject: 'operator', input: { seatIds: seats(1), reason: 'Camera' } };
  expect(await run(lane.command('block-seats', block))).toEqual(['succeeded']);
  expect(await orderState(lane, order.id)).toBe('expired: expired available, expired available');
});

test('the timer ends an order with all its bookings, and only if it can lock all their seats', async () => {
  const { order } = await late();
  const free = await lane.lock(`select 1 from seat where id = ${seatIds[1]} for update`);
  await expireHolds(lane.orm);
  expect(await orderState(lane, order.id)).toBe('held: held held, held held');
  await free();
  await expireHolds(lane.orm);
  expect(await orderState(lane, order.id)).toBe('expired: expired available, expired available');
});

test('the timer leaves alone an order whose row is locked', async () => {
  const { order } = await late();
  const free = await lane.lock(`select 1 from app_order where id = ${order.id} for update`);
  await expireHolds(lane.orm);
  await free();
  expect(await orderState(lane, order.id)).toBe('held: held held, held held');
  await expireHolds(lane.orm);
});

test('each booking that expires is recorded once for webhooks', async () => {
  const input = { url: 'https://receiver.example', commands: null, events: ['hold-expired'] };
  const operator = { subject: 'operator' };
  const webhook = lane.command('register-webhook', { ...operator, input });
  const { id } = await lane.result<{ id: number }>(webhook);
  const one = await late();
  await run(orders.place(bea, seats(0)));
  const other = await late(seats(4, 5));
  await expireHolds(lane.orm);
  const events = await lane.rows<{ id: number }>(
    `select (data ->> 'bookingId')::int as id from webhook_event where name = 'hold-expired' order by 1`,
  );
  const ended = [...one.order.bookings, ...other.order.bookings].map((booking) => booking.id);
  expect(events.map((event) => event.id)).toEqual(ended);
  await lane.result(lane.command('remove-webhook', { ...operator, input: { webhookId: id } }));
});

test('orders that want overlapping seats in opposite order get them one after the other', async () => {
  const others = [await takeLane(lane.orm, 'user-1'), await takeLane(lane.orm, 'user-2')];
  const cleo = await lane.buyer('cleo');
  for (let round = 0; round < 10; round += 1) {
    const wanted = seats(round, round + 10, round + 20);
    const commands = [orders.place(bea, wanted), orders.place(cleo, wanted.toReversed())];
    const outcomes = await Promise.all(
      commands.map(async (command, index) => {
        const own = others[index] as (typeof others)[number];
        const [finished] = await runToTheEnd(lane.deps, own, [inLane(command, own)]);
        return finished?.outcome;
      }),
    );
    expect(outcomes.map((outcome) => outcome?.state).toSorted()).toEqual(['rejected', 'succeeded']);
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome?.state !== 'succeeded') continue;
      const { subject } = [bea, cleo][index] as Buyer;
      await lane.result(orders.cancel(subject, (outcome.result as Order).id));
    }
  }
  const [{ deadlocks }] = (await lane.rows<{ deadlocks: number }>(
    `select deadlocks::int from pg_stat_database where datname = current_database()`,
  )) as [{ deadlocks: number }];
  expect(deadlocks).toBe(0);
});
