/**
 * Commands of card payments in one batch with others. A batch for which no statement exists, or that violates a constraint on the way,
 * would be rolled back and split, and every batch like it too.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Order } from '../../../../src/commands/schemas/resources.ts';
import type { TakenCommand } from '../../../../workers/batch/batch.ts';
import { runTogether } from '../../../../workers/batch/run-batch.ts';
import {
  type Checkouts,
  checkoutState,
  checkoutsOf,
  historyOf,
  type KnownCheckout,
} from '../../../support/money/checkouts.ts';
import { areaState, type Orders, orderState, ordersOf } from '../../../support/orders.ts';
import { type Buyer, openTestLane, type TestLane } from '../../../support/services/test-lane.ts';

let lane: TestLane;
let seatIds: number[];
let areaId: number;
let orders: Orders;
let checkouts: Checkouts;
let users = 0;
beforeAll(async () => {
  lane = await openTestLane({ seatsPerUserMax: 30, admitLimit: 5000, maxActive: 5000 });
  const schedule = await lane.schedule({
    seats: [{ section: null, row: null, from: 1, to: 900, price: 100 }],
    areas: [{ name: 'Floor', capacity: 900, price: 100 }],
  });
  ({ seatIds } = schedule);
  [areaId] = schedule.areaIds as [number];
  orders = ordersOf(lane, schedule.id);
  checkouts = checkoutsOf(lane);
});
afterAll(() => lane.stop());

const PLACES = ['seat', 'area'] as const;
type Place = (typeof PLACES)[number];

function newBuyer(): Promise<Buyer> {
  users += 1;
  return lane.buyer(`user ${users}`);
}

const wanted = (place: Place) =>
  place === 'seat' ? { seatIds: seatIds.splice(0, 1) } : { areas: [{ areaId, quantity: 1 }] };

interface Holder {
  buyer: Buyer;
  order: Order;
}

async function holder(place: Place): Promise<Holder> {
  const buyer = await newBuyer();
  return { buyer, order: await lane.result(orders.placeIn(buyer, wanted(place))) };
}

async function payer(place: Place): Promise<Holder & { checkout: KnownCheckout }> {
  const held = await holder(place);
  return { ...held, checkout: await checkouts.begun(held.buyer, held.order.id) };
}

/** Each one prepares a command of a user of its own that succeeds. */
const KINDS: Record<string, (place: Place) => Promise<TakenCommand>> = {
  async 'start-checkout'(place) {
    const { buyer, order } = await holder(place);
    return checkouts.start(buyer, order.id);
  },
  async 'a payment of a user without points'(place) {
    return checkouts.settle((await payer(place)).checkout);
  },
  async 'a payment of a user with points'(place) {
    const { buyer, checkout } = await payer(place);
    await lane.points(buyer.subject, 5);
    return checkouts.settle(checkout);
  },
  async 'a late payment'(place) {
    const { buyer, order, checkout } = await payer(place);
    await lane.result(orders.cancel(buyer.subject, order.id));
    return checkouts.settle(checkout);
  },
  async 'a failure'(place) {
    return checkouts.settle((await payer(place)).checkout, { outcome: 'failed' });
  },
  async 'cancel-order'(place) {
    const { buyer, order } = await holder(place);
    return orders.cancel(buyer.subject, order.id);
  },
  async 'pay-order'(place) {
    const { buyer, order } = await holder(place);
    await lane.points(buyer.subject, 100);
    return orders.pay(buyer, order.id);
  },
  async 'leave-queue'() {
    const { subject } = await newBuyer();
    return lane.command('leave-queue', { subject });
  },
  async 'place-order'(place) {
    return orders.placeIn(await newBuyer(), wanted(place));
  },
};

/** Applies commands together, as several lanes do. @returns undefined if their batch had to be split */
async function together(...commands: TakenCommand[]) {
  const result = await runTogether(lane.deps, [{ lane: lane.lane, commands }]);
  return result?.finished.map(({ outcome }) =>
    outcome.state === 'rejected' ? outcome.problem.code : outcome.state,
  );
}

const NAMES = Object.keys(KINDS);
const PAIRS = NAMES.flatMap((one) => NAMES.map((other) => [one, other] as const));

test.each(PLACES)(
  'every two of these commands can share a batch, with places of a kind: %s',
  async (place) => {
    for (const [one, other] of PAIRS) {
      const commands = [await KINDS[one]?.(place), await KINDS[other]?.(place)] as TakenCommand[];
      const outcomes = await together(...commands);
      expect(outcomes, `${one} and ${other}`).toEqual(['succeeded', 'succeeded']);
    }
  },
  120_000,
);

test('all of them can share a batch', async () => {
  const commands = [];
  for (const place of PLACES) {
    for (const prepare of Object.values(KINDS)) commands.push(await prepare(place));
  }
  expect(new Set(await together(...commands))).toEqual(new Set(['succeeded']));
});

test.each(PLACES)(
  'an order is paid with points right after its page was asked for: %s',
  async (place) => {
    const { buyer, order } = await holder(place);
    await lane.points(buyer.subject, 100);
    const both = [checkouts.start(buyer, order.id), orders.pay(buyer, order.id)];
    expect(await together(...both)).toEqual(['succeeded', 'succeeded']);
    const sold = place === 'seat' ? 'paid: paid sold' : 'paid: paid area';
    expect(await orderState(lane, order.id)).toBe(sold);
    const [entry] = await lane.rows(
      `select state, end_reason from queue_entry where id = ${buyer.entryId}`,
    );
    expect(entry).toEqual({ state: 'ended', end_reason: 'paid' });
  },
);

test.each(PLACES)('an order is cancelled right after its page was asked for: %s', async (place) => {
  const { buyer, order } = await holder(place);
  const both = [checkouts.start(buyer, order.id), orders.cancel(buyer.subject, order.id)];
  expect(await together(...both)).toEqual(['succeeded', 'succeeded']);
  const free = place === 'seat' ? 'cancelled: cancelled available' : 'cancelled: cancelled area';
  expect(await orderState(lane, order.id)).toBe(free);
});

test.each(PLACES)('a user orders again right after a page was asked for: %s', async (place) => {
  const { buyer, order } = await holder(place);
  const both = [checkouts.start(buyer, order.id), orders.placeIn(buyer, wanted(place))];
  expect(await together(...both)).toEqual(['succeeded', 'succeeded']);
  const [row] = await lane.rows(
    `select min(expires_at) >= max(hold_expires_at) as lasts
     from app_order join queue_entry on queue_entry.id = entry_id where entry_id = ${buyer.entryId}`,
  );
  expect(row).toEqual({ lasts: true });
  expect(await orderState(lane, order.id)).toMatch(/^held: /);
});

test.each(PLACES)('a user leaves the queue right after a page was asked for: %s', async (place) => {
  const { buyer, order } = await holder(place);
  const leave = lane.command('leave-queue', { subject: buyer.subject });
  expect(await together(checkouts.start(buyer, order.id), leave)).toEqual([
    'succeeded',
    'succeeded',
  ]);
  expect(await orderState(lane, order.id)).toMatch(/^held: /);
});

test('a second page of one order is refused', async () => {
  const { buyer, order } = await holder('seat');
  const both = [checkouts.start(buyer, order.id), checkouts.start(buyer, order.id)];
  expect(await together(...both)).toEqual(['succeeded', 'CHECKOUT_OPEN']);
});

test('a page is asked for right after the one before has failed', async () => {
  const { buyer, order, checkout } = await payer('seat');
  const failure = checkouts.settle(checkout, { outcome: 'failed' });
  expect(await together(failure, checkouts.start(buyer, order.id))).toEqual([
    'succeeded',
    'succeeded',
  ]);
});

test('the money of a card cannot be spent between its credit and its use', async () => {
  const { buyer, checkout } = await payer('seat');
  const use = () => lane.command('use-points', { subject: buyer.subject, input: { amount: 1 } });
  expect(await together(use(), checkouts.settle(checkout), use())).toEqual([
    'INSUFFICIENT_POINTS',
    'succeeded',
    'INSUFFICIENT_POINTS',
  ]);
  expect(await historyOf(lane, buyer.subject)).toEqual(['charge 100 = 100', 'use 100 = 0']);
  expect(await checkoutState(lane, checkout)).toMatch(/^paid: 100 captured/);
});

test.each(PLACES)(
  'a hold that has run out is prolonged before others look for its place: %s',
  async (place) => {
    const { buyer, order } = await holder(place);
    await lane.expireHold({ orderId: order.id });
    // Accepted before the hold ended, and admitted before that.
    const acceptedAt = Date.now() - 3_600_000;
    await lane.rows(`update queue_entry set admitted_at = admitted_at - interval '2 hours',
    entered_at = entered_at - interval '2 hours' where id = ${buyer.entryId}`);
    const start = checkouts.start(buyer, order.id, { acceptedAt });
    const taken = place === 'seat' ? [order.bookings[0]?.seatId as number] : [];
    const [area] = await lane.rows<{ rest: number }>(
      `select capacity - held - sold + 1 as rest from area where id = ${areaId}`,
    );
    // So many places are only there if the one that had run out is among them.
    const rest = Math.min(area?.rest ?? 0, 10);
    await lane.rows(`update area set capacity = held + sold + ${rest - 1} where id = ${areaId}`);
    const take = place === 'seat' ? { seatIds: taken } : { areas: [{ areaId, quantity: rest }] };
    const other = orders.placeIn(await newBuyer(), take);
    const refused = place === 'seat' ? 'SEAT_ALREADY_HELD' : 'AREA_HELD';
    expect(await together(start, other)).toEqual(['succeeded', refused]);
    await lane.rows(`update area set capacity = 900 where id = ${areaId}`);
    expect(await orderState(lane, order.id)).toMatch(/^held: /);
    expect(await areaState(lane, areaId)).toContain('of 900');
  },
);
