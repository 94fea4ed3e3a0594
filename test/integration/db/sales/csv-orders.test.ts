/** Which places of an order the table of orders counts, after some were taken out of it. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readOrderLines } from '../../../../src/db/reads/sales/csv-orders.ts';
import { ordersOf } from '../../../support/orders.ts';
import { openTestLane, type TestLane } from '../../../support/services/test-lane.ts';

let lane: TestLane;
beforeEach(async () => {
  lane = await openTestLane();
});
afterEach(() => lane.stop());

/** An order of three places, one of which was taken out. */
async function heldOrder() {
  const { id: scheduleId, seatIds } = await lane.schedule();
  const buyer = await lane.buyer('ada');
  const order = await ordersOf(lane, scheduleId).order(buyer, seatIds.slice(0, 3));
  const cancel = (bookingId: number | undefined) =>
    lane.result(lane.command('cancel-booking', { subject: 'ada', input: { bookingId } }));
  await cancel(order.bookings[0]?.id);
  const line = async () => (await readOrderLines(lane.orm, { scheduleId, after: 0, limit: 10 }))[0];
  return { scheduleId, seatIds, buyer, order, cancel, line };
}

test('a held order counts the places that it has', async () => {
  const { line } = await heldOrder();
  expect(await line()).toMatchObject({ state: 'held', total: 200, places: 2 });
});

test('a cancelled order counts the places that were cancelled with it', async () => {
  const { order, line } = await heldOrder();
  const input = { orderId: order.id };
  await lane.result(lane.command('cancel-order', { subject: 'ada', input }));
  const found = await line();
  expect(found).toMatchObject({ state: 'cancelled', total: 200, places: 2 });
  expect(found?.placeNames).toHaveLength(2);
});

test('an expired order counts the places that it had at the end', async () => {
  const { scheduleId, seatIds, order, line } = await heldOrder();
  await lane.expireHold({ orderId: order.id });
  // Another order of one of its seats ends it.
  await ordersOf(lane, scheduleId).order(await lane.buyer('bea'), seatIds.slice(1, 2));
  expect(await line()).toMatchObject({ state: 'expired', total: 200, places: 2 });
});

test('a paid order counts a place that was refunded later, and not one that was taken out before', async () => {
  const { scheduleId, buyer, order, cancel, line } = await heldOrder();
  await lane.points('ada', 200);
  await lane.result(ordersOf(lane, scheduleId).pay(buyer, order.id));
  await cancel(order.bookings[1]?.id);
  expect(await line()).toMatchObject({ state: 'partly-refunded', places: 2, refunded: 100 });
});
