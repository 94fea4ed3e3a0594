/** Cancelling a performance and ending its orders, through `runBatch`. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Order } from '../../../../../src/commands/schemas/resources.ts';
import {
  expectNothingBehind,
  expectOneEffect,
  expectRefusal,
} from '../../../../support/handler-promises.ts';
import { ordersOf } from '../../../../support/orders.ts';
import { cancelSchedule } from '../../../../support/services/cancellations.ts';
import { openTestLane, type TestLane } from '../../../../support/services/test-lane.ts';

let lane: TestLane;
beforeAll(async () => {
  lane = await openTestLane();
});
afterAll(() => lane.stop());

const operator = (name: 'cancel-schedule' | 'retry-cancellation', scheduleId: number) => {
  const reason = name === 'cancel-schedule' ? { reason: 'The singer is ill' } : {};
  return lane.command(name, { subject: 'operator', input: { scheduleId, ...reason } });
};
const end = (subject: string, orderId: number, scheduleId: number) =>
  lane.command('end-cancelled-order', { subject, input: { orderId, scheduleId } });

let count = 0;
/** A paid order of a performance. */
async function paidOrder() {
  count += 1;
  const { id: scheduleId, seatIds } = await lane.schedule();
  const buyer = await lane.buyer(`buyer ${count}`);
  const orders = ordersOf(lane, scheduleId);
  const order: Order = await orders.order(buyer, seatIds.slice(0, 2));
  await lane.points(buyer.subject, 200);
  await lane.result(orders.pay(buyer, order.id));
  return { ...buyer, order, scheduleId };
}

test('cancel-schedule has one effect, and none if a statement fails', async () => {
  const { id } = await lane.schedule();
  await expectNothingBehind(lane, operator('cancel-schedule', id), 'insert on cancellation');
  await expectOneEffect(lane, operator('cancel-schedule', id));
  const again = { code: 'SCHEDULE_CANCELLED', scheduleId: id };
  await expectRefusal(lane, operator('cancel-schedule', id), again);
  const missing = { code: 'SCHEDULE_NOT_FOUND' };
  await expectRefusal(lane, operator('cancel-schedule', 999_999), missing);
});

test('cancel-schedule is refused once the performance is over', async () => {
  const { id } = await lane.schedule();
  await lane.rows(`update schedule set booking_start_at = booking_start_at - interval '9 days',
    booking_end_at = booking_end_at - interval '9 days', start_at = start_at - interval '9 days',
    end_at = end_at - interval '9 days' where id = ${id}`);
  const over = { code: 'BOOKING_CLOSED', scheduleId: id };
  await expectRefusal(lane, operator('cancel-schedule', id), over);
  await lane.rows(`update schedule set end_at = now() + interval '1 hour' where id = ${id}`);
  expect(await lane.result(operator('cancel-schedule', id))).toMatchObject({ state: 'cancelled' });
});

test('retry-cancellation has one effect, and is refused unless the performance is cancelled', async () => {
  const { id } = await lane.schedule();
  const not = { code: 'CANCELLATION_NOT_FOUND', scheduleId: id };
  await expectRefusal(lane, operator('retry-cancellation', id), not);
  await cancelSchedule(lane, id);
  await expectOneEffect(lane, operator('retry-cancellation', id));
  const [logged] = await lane.rows<{ before: object; after: object }>(
    `select before, after from operator_log where command = 'retry-cancellation'`,
  );
  expect(logged?.before).toEqual(logged?.after);
  const missing = { code: 'SCHEDULE_NOT_FOUND' };
  await expectRefusal(lane, operator('retry-cancellation', 999_999), missing);
});

test('end-cancelled-order has one effect, and none if a statement fails', async () => {
  const { subject, order, scheduleId } = await paidOrder();
  await cancelSchedule(lane, scheduleId);
  await expectNothingBehind(lane, end(subject, order.id, scheduleId), 'insert on payment');
  await expectOneEffect(lane, end(subject, order.id, scheduleId));
  const again = await lane.result(end(subject, order.id, scheduleId));
  expect(again).toMatchObject({ id: order.id, state: 'refunded' });
});

test('end-cancelled-order ends no order of a performance that takes place', async () => {
  const { subject, order, scheduleId } = await paidOrder();
  const other = await paidOrder();
  await cancelSchedule(lane, other.scheduleId);
  const problem = { code: 'CANCELLATION_NOT_FOUND', scheduleId };
  await expectRefusal(lane, end(subject, order.id, scheduleId), problem);
  const ofOther = { ...problem, scheduleId: other.scheduleId };
  await expectRefusal(lane, end(subject, order.id, other.scheduleId), ofOther);
  await expectRefusal(lane, end(subject, 999_999, scheduleId), { code: 'ORDER_NOT_FOUND' });
});
