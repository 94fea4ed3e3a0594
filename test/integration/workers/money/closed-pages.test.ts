/** A payment with points closes the payment page of its order, and sends a statement for it only if there may be one. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Order } from '../../../../src/commands/schemas/resources.ts';
import { applyBatch } from '../../../../workers/batch/apply-batch.ts';
import { type Checkouts, checkoutsOf } from '../../../support/money/checkouts.ts';
import { type Orders, ordersOf } from '../../../support/orders.ts';
import { preparedOn } from '../../../support/prepared-statements.ts';
import { type Buyer, openTestLane, type TestLane } from '../../../support/services/test-lane.ts';

let lane: TestLane;
let seatIds: number[];
let orders: Orders;
let checkouts: Checkouts;
beforeAll(async () => {
  await use(await openTestLane({ seatsPerUserMax: 30 }));
});
afterAll(() => lane.stop());

async function use(opened: TestLane): Promise<void> {
  lane = opened;
  const schedule = await lane.schedule();
  ({ seatIds } = schedule);
  orders = ordersOf(lane, schedule.id);
  checkouts = checkoutsOf(lane);
}

interface Holder {
  buyer: Buyer;
  order: Order;
}

/** A user who has enough points to pay an order of two seats. */
async function holder(subject: string): Promise<Holder> {
  const buyer = await lane.buyer(subject);
  await lane.points(subject, 10_000);
  return { buyer, order: await orders.order(buyer, seatIds.splice(0, 2)) };
}

/** Of the checkouts of an order, whether each is to be looked at now; null for one that is over. */
const areDue = async ({ id }: Order) => {
  const rows = await lane.rows<{ isDue: boolean | null }>(
    `select look_at <= now() as "isDue" from checkout where order_id = ${id} order by id`,
  );
  return rows.map(({ isDue }) => isDue);
};

test('the page of an order that was paid with points is closed at once, and no other one', async () => {
  const { buyer, order } = await holder('cleo');
  const other = await holder('dora');
  await checkouts.begun(buyer, order.id);
  await checkouts.begun(other.buyer, other.order.id);
  await lane.result(orders.pay(buyer, order.id));
  expect(await areDue(order)).toEqual([true]);
  expect(await areDue(other.order)).toEqual([false]);
});

test('a page that begins in the batch of the payment is closed', async () => {
  const { buyer, order } = await holder('emma');
  const finished = await lane.run(checkouts.start(buyer, order.id), orders.pay(buyer, order.id));
  expect(finished.map(({ outcome }) => outcome.state)).toEqual(['succeeded', 'succeeded']);
  expect(await areDue(order)).toEqual([true]);
});

test('a page that begins while the payment waits for the order is closed', async () => {
  const { buyer, order } = await holder('fay');
  const release = await lane.lock(
    `select from app_order where id = ${order.id} for update;
     insert into checkout (user_id, order_id, provider, amount, currency, state, return_url, expires_at, look_at,
       created_at, job_id)
     select user_id, id, 'sandbox', total, 'EUR', 'opening', 'http://localhost/', now() + interval '1 hour',
       now() + interval '1 hour', now(), 'job'
     from app_order where id = ${order.id}`,
  );
  const commands = [orders.pay(buyer, order.id)];
  const paying = applyBatch(lane.deps, [{ lane: lane.lane, commands }], {
    lockTimeoutMs: 20_000,
  });
  await lane.waitForLockWaiters(1);
  await release();
  const [finished] = await paying;
  expect(finished?.outcome.state).toBe('succeeded');
  expect(await areDue(order)).toEqual([true]);
  // No command began it, so the audit would miss its receipt and its call.
  await lane.rows(`delete from checkout where order_id = ${order.id}`);
});

// The last one: it uses a lane of its own, with one connection, whose prepared statements it lists.
test('a payment of an order without a page sends no statement about pages', async () => {
  await lane.stop();
  await use(await openTestLane({ seatsPerUserMax: 30 }, { connectionsMax: 1 }));
  const { buyer, order } = await holder('ada');
  const over = await holder('bob');
  const checkout = await checkouts.begun(over.buyer, over.order.id);
  await lane.result(checkouts.settle(checkout, { outcome: 'failed', failure: 'CARD_DECLINED' }));
  await lane.result(orders.pay(buyer, order.id));
  await lane.result(orders.pay(over.buyer, over.order.id));
  expect(await areDue(over.order)).toEqual([null]);
  expect(await preparedOn(lane.orm)).not.toContain('close pages of orders');
});
