/** Beginning to pay an order by card, through `runBatch`. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CheckoutResource } from '../../../../../src/commands/schemas/checkouts.ts';
import type { Order } from '../../../../../src/commands/schemas/resources.ts';
import {
  expectNothingBehind,
  expectOneEffect,
  expectRefusal,
} from '../../../../support/handler-promises.ts';
import { type Checkouts, callsFor, checkoutsOf } from '../../../../support/money/checkouts.ts';
import { type Orders, ordersOf } from '../../../../support/orders.ts';
import { type Buyer, openTestLane, type TestLane } from '../../../../support/services/test-lane.ts';

const MINUTE_MS = 60_000;

let lane: TestLane;
let seatIds: number[];
let areaId: number;
let orders: Orders;
let checkouts: Checkouts;
beforeAll(async () => {
  // The hold is shorter than the page.
  lane = await openTestLane({ seatsPerUserMax: 30, holdMs: 5 * MINUTE_MS });
  const schedule = await lane.schedule({
    seats: [
      { section: null, row: null, from: 1, to: 60, price: 100 },
      { section: null, row: 'free', from: 1, to: 2, price: 0 },
    ],
    areas: [{ name: 'Floor', capacity: 40, price: 50 }],
  });
  ({ seatIds } = schedule);
  [areaId] = schedule.areaIds as [number];
  orders = ordersOf(lane, schedule.id);
  checkouts = checkoutsOf(lane);
});
afterAll(() => lane.stop());

const some = (count: number) => seatIds.splice(0, count);

/** A user with an order of two seats and two places of the area. */
async function holder(subject: string): Promise<{ buyer: Buyer; order: Order }> {
  const buyer = await lane.buyer(subject);
  const areas = [{ areaId, quantity: 2 }];
  return { buyer, order: await lane.result(orders.placeIn(buyer, { seatIds: some(2), areas })) };
}

/** The ends of an order's hold, of its places with their grace period, and of its queue entry: all different ones. */
async function endsOf({ id }: Pick<Order, 'id'>) {
  const [row] = await lane.rows<{ holds: string[]; kept: string[]; entry: Date }>(
    `select json_agg(distinct ends) filter (where not is_kept) as holds,
       json_agg(distinct ends) filter (where is_kept) as kept,
       (select expires_at from queue_entry where queue_entry.id = app_order.entry_id) as entry
     from app_order, lateral (
       select hold_expires_at as ends, false as is_kept
       union all select hold_expires_at, false from booking where order_id = app_order.id and is_live
       union all select coalesce(area_held_until, held_until), true from booking
         left join seat on seat.id = seat_id where order_id = app_order.id and is_live
     ) as each where app_order.id = ${id} group by app_order.id`,
  );
  if (!row) throw new Error(`There is no order ${id}.`);
  const toDates = (times: readonly string[]) => times.map((time) => new Date(time));
  return { holds: toDates(row.holds), kept: toDates(row.kept), entry: row.entry };
}

test('succeeds: there is a checkout, and the call that opens its page is owed', async () => {
  const { buyer, order } = await holder('ada');
  const checkout = await lane.result<CheckoutResource>(checkouts.start(buyer, order.id));
  expect(checkout).toMatchObject({
    orderId: order.id,
    provider: 'sandbox',
    amount: 300,
    currency: lane.config.payments.currency,
    state: 'opening',
    redirectUrl: null,
  });
  expect(await callsFor(lane, checkout)).toEqual(['open']);
  const [row] = await lane.rows<{ look: number; page: number }>(
    `select extract(epoch from look_at - created_at)::int as look,
       extract(epoch from expires_at - created_at)::int as page
     from checkout where id = ${checkout.id}`,
  );
  const { reconcileMs, checkoutMs } = lane.config.payments;
  expect(row).toEqual({ look: reconcileMs / 1000, page: checkoutMs / 1000 });
});

test('prolongs the hold, with its places and the queue entry, to the end of the page', async () => {
  const { buyer, order } = await holder('bea');
  // Almost over, as it can be when an order was placed long after the admission.
  await lane.rows(`update queue_entry set expires_at = now() + interval '5 minutes'
    where id = ${buyer.entryId}`);
  const checkout = await checkouts.begun(buyer, order.id);
  const end = new Date(checkout.expiresAt);
  const kept = new Date(end.getTime() + lane.config.holdGraceMs);
  expect(await endsOf(order)).toEqual({ holds: [end], kept: [kept], entry: end });
});

test('does not shorten a queue entry that lasts longer', async () => {
  const { buyer, order } = await holder('cleo');
  await lane.rows(`update queue_entry set expires_at = now() + interval '1 hour'
    where id = ${buyer.entryId}`);
  const { expiresAt } = await checkouts.begun(buyer, order.id);
  expect((await endsOf(order)).entry.getTime()).toBeGreaterThan(Date.parse(expiresAt) + MINUTE_MS);
});

test('a place that was cancelled before keeps the end of its hold', async () => {
  const { buyer, order } = await holder('dora');
  const [first, ...others] = order.bookings.map(({ id }) => id);
  const input = { bookingId: first };
  await lane.result(lane.command('cancel-booking', { subject: 'dora', input }));
  const { amount, expiresAt } = await checkouts.begun(buyer, order.id);
  expect(amount).toBe(200);
  const ends = await lane.rows<{ id: number; end: Date }>(
    `select id::int, hold_expires_at as end from booking where order_id = ${order.id} order by id`,
  );
  const prolonged = others.map((id) => ({ id, end: new Date(expiresAt) }));
  expect(ends).toEqual([{ id: first, end: new Date(order.holdExpiresAt) }, ...prolonged]);
});

test('a second one has the rest of the hold, and is refused half a minute before its end', async () => {
  const { buyer, order } = await holder('eva');
  const first = await checkouts.begun(buyer, order.id);
  await lane.result(checkouts.settle(first, { outcome: 'failed' }));
  const second = await checkouts.begun(buyer, order.id);
  expect(second).toMatchObject({ state: 'opening', expiresAt: first.expiresAt });
  expect(await endsOf(order)).toMatchObject({ holds: [new Date(first.expiresAt)] });
  await lane.result(checkouts.settle(second, { outcome: 'failed' }));
  // By one statement: all holds of an order end at the same time.
  await lane.rows(`with places as (
      update booking set hold_expires_at = now() + interval '20 seconds' where order_id = ${order.id}
    )
    update app_order set hold_expires_at = now() + interval '20 seconds' where id = ${order.id}`);
  await expectRefusal(lane, checkouts.start(buyer, order.id), { code: 'HOLD_EXPIRED' });
});

test('runs twice with one effect', async () => {
  const { buyer, order } = await holder('fay');
  await expectOneEffect(lane, checkouts.start(buyer, order.id));
});

test.each(['insert on checkout', 'update on booking', 'update on queue_entry'])(
  'leaves nothing behind when the %s fails',
  async (write) => {
    const { buyer, order } = await holder(`a user of the ${write}`);
    await expectNothingBehind(lane, checkouts.start(buyer, order.id), write);
  },
);

test('refuses orders of others, paid and cancelled ones, and expired holds', async () => {
  const { buyer, order } = await holder('gil');
  const thief = await lane.buyer('a thief');
  await expectRefusal(lane, checkouts.start(thief, 999_999), { code: 'ORDER_NOT_FOUND' });
  await expectRefusal(lane, checkouts.start(thief, order.id), { code: 'NOT_ORDER_OWNER' });
  await lane.expireHold({ orderId: order.id }, { isInGrace: true });
  await expectRefusal(lane, checkouts.start(buyer, order.id), { code: 'HOLD_EXPIRED' });
  const paid = await holder('hana');
  await lane.points('hana', 300);
  await lane.result(orders.pay(paid.buyer, paid.order.id));
  const again = checkouts.start(paid.buyer, paid.order.id);
  await expectRefusal(lane, again, { code: 'PAYMENT_ALREADY_PROCESSED' });
  const cancelled = await holder('ida');
  await lane.result(orders.cancel('ida', cancelled.order.id));
  const late = checkouts.start(cancelled.buyer, cancelled.order.id);
  await expectRefusal(lane, late, { code: 'ORDER_CANCELLED' });
});

test('refuses a second page, a user who has left the queue, and an order that costs nothing', async () => {
  const { buyer, order } = await holder('jana');
  const { id: checkoutId } = await checkouts.begun(buyer, order.id);
  const open = { code: 'CHECKOUT_OPEN', checkoutId };
  await expectRefusal(lane, checkouts.start(buyer, order.id), open);
  const gone = await holder('kim');
  await lane.result(lane.command('leave-queue', { subject: 'kim' }));
  const start = checkouts.start(gone.buyer, gone.order.id);
  await expectRefusal(lane, start, { code: 'QUEUE_TOKEN_INVALID' });
  const free = await lane.buyer('lena');
  const [freeSeat] = seatIds.splice(-1);
  const { id } = await orders.order(free, [freeSeat as number]);
  await expectRefusal(lane, checkouts.start(free, id), { code: 'NOTHING_TO_PAY' });
});

test('refuses the sixth checkout that is not over, and the twenty-first of an hour', async () => {
  const topUp = () => checkouts.topUp('mona', 10);
  const finished = await lane.run(...Array.from({ length: 6 }, topUp));
  const codes = finished.map(({ outcome }) =>
    outcome.state === 'rejected' ? outcome.problem.code : outcome.state,
  );
  const succeeded = Array.from({ length: 5 }, () => 'succeeded');
  expect(codes).toEqual([...succeeded, 'CHECKOUT_LIMIT_REACHED']);
  const seconds = lane.config.payments.checkoutMs / 1000;
  const outcome = await lane.outcome(topUp());
  expect(outcome).toMatchObject({ problem: { code: 'CHECKOUT_LIMIT_REACHED' } });
  const retryAfterSeconds = outcome.state !== 'succeeded' && outcome.problem.retryAfterSeconds;
  expect(retryAfterSeconds).toBeGreaterThan(seconds - 60);
  expect(retryAfterSeconds).toBeLessThanOrEqual(seconds);
  // One that is over makes room, also in the same batch, until twenty were begun.
  for (let begun = 5; begun < 20; begun += 1) {
    const [row] = await lane.rows<{ id: number }>(
      `select min(checkout.id)::int as id from checkout join app_user on app_user.id = user_id
       where subject = 'mona' and look_at is not null`,
    );
    const live = await checkouts.known({
      id: row?.id,
      orderId: null,
      amount: 10,
      provider: 'sandbox',
    });
    const [, next] = await lane.run(checkouts.settle(live, { outcome: 'expired' }), topUp());
    expect(next?.outcome.state).toBe('succeeded');
  }
  await lane.rows(`update checkout set look_at = null, state = 'expired' from app_user
    where app_user.id = user_id and subject = 'mona' and state = 'opening'`);
  await expectRefusal(lane, topUp(), { code: 'CHECKOUT_LIMIT_REACHED' });
  await lane.rows(`update checkout set created_at = checkout.created_at - interval '1 hour' from app_user
    where app_user.id = user_id and subject = 'mona'`);
  expect(await lane.outcome(topUp())).toMatchObject({ state: 'succeeded' });
});
