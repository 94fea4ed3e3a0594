/** How a cancelled performance counts orders that were paid by card, and how their failed refunds are asked for again. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  readCancellation,
  readUnfinishedCancellations,
} from '../../../../../src/db/reads/cancellations.ts';
import {
  type CardRefunds,
  cardRefundsOf,
  type RefundLine,
} from '../../../../support/money/card-refunds.ts';
import { checkoutsOf } from '../../../../support/money/checkouts.ts';
import { ordersOf } from '../../../../support/orders.ts';
import { cancelSchedule, EnqueuedCommands } from '../../../../support/services/cancellations.ts';
import { openTestLane, type TestLane } from '../../../../support/services/test-lane.ts';
import { waitFor } from '../../../../support/wait-for.ts';

let lane: TestLane;
let cards: CardRefunds;
let scheduleId: number;
let seatIds: number[];
beforeEach(async () => {
  lane = await openTestLane();
  cards = cardRefundsOf(lane);
  ({ id: scheduleId, seatIds } = await lane.schedule());
});
afterEach(() => lane.stop());

async function held(subject: string) {
  const buyer = await lane.buyer(subject);
  const order = await ordersOf(lane, scheduleId).order(buyer, seatIds.splice(-2));
  return { buyer, subject, order };
}
async function paidByCard(subject: string) {
  const { buyer, order } = await held(subject);
  return { subject, order, checkoutId: (await cards.pay(buyer, order.id)).id };
}
type PaidByCard = Awaited<ReturnType<typeof paidByCard>>;

const refundsOf = ({ checkoutId }: PaidByCard) => cards.refunds(checkoutId);
/** Answers the refund of an order. */
async function answer(paid: PaidByCard, failure?: string): Promise<void> {
  const refund = (await refundsOf(paid)).at(-1) as RefundLine;
  await lane.result(cards.answer(paid.subject, refund, failure));
}
const progress = () => readCancellation(lane.orm, scheduleId);
const retry = () =>
  lane.command('retry-cancellation', { subject: 'operator', input: { scheduleId } });

test('an order that was paid by card is refunded once its money is back on the card', async () => {
  const orders = new EnqueuedCommands(lane);
  const points = await held('ada');
  await lane.points('ada', 200);
  await lane.result(ordersOf(lane, scheduleId).pay(points.buyer, points.order.id));
  const [bea, cem, dora] = [
    await paidByCard('bea'),
    await paidByCard('cem'),
    await paidByCard('dora'),
  ];
  await held('eva');
  await cancelSchedule(lane, scheduleId);
  const before = { orders: 4, refunded: 0, pending: 4, failed: 0, holds: 1 };
  expect(await progress()).toMatchObject(before);

  await orders.endAll();
  const ended = { orders: 4, refunded: 1, pending: 3, failed: 0, holds: 0, isFinished: false };
  expect(await progress()).toMatchObject(ended);
  await answer(bea);
  await answer(cem, 'CARD_CLOSED');
  const answered = { ...ended, refunded: 2, pending: 1, failed: 1 };
  expect(await progress()).toMatchObject({ ...answered, failures: [] });
  await answer(dora);

  const [failed] = await refundsOf(cem);
  const input = { refundId: failed?.id, as: 'elsewhere', reason: 'By bank transfer' };
  expect(await progress()).toMatchObject({ refunded: 3, pending: 0, failed: 1, isFinished: false });
  await lane.result(lane.command('end-refund', { subject: 'operator', input }));
  expect(await progress()).toMatchObject({ refunded: 4, pending: 0, failed: 0, isFinished: true });
});

test('an order of which a place was refunded before counts all of its refunds', async () => {
  const orders = new EnqueuedCommands(lane);
  const paid = await paidByCard('ada');
  const bookingId = paid.order.bookings[0]?.id;
  await lane.result(lane.command('cancel-booking', { subject: 'ada', input: { bookingId } }));
  await cancelSchedule(lane, scheduleId);
  await orders.endAll();
  await answer(paid);
  expect(await progress()).toMatchObject({ orders: 1, refunded: 0, pending: 1 });
  const [first] = await refundsOf(paid);
  await lane.result(cards.answer('ada', first as RefundLine));
  expect(await progress()).toMatchObject({ orders: 1, refunded: 1, pending: 0 });
});

test('a cancellation is not finished while a late payment of a held order goes back to the card', async () => {
  const orders = new EnqueuedCommands(lane);
  const { buyer, order } = await held('ada');
  const checkout = await cards.open(buyer, order.id);
  await cancelSchedule(lane, scheduleId);
  await orders.endAll();
  expect(await progress()).toMatchObject({ orders: 0, holds: 0, isFinished: true });
  // The buyer paid a moment before the page was closed.
  await lane.result(checkoutsOf(lane).settle(checkout));
  const late = { subject: 'ada', order, checkoutId: checkout.id };
  const owed = { orders: 1, refunded: 0, pending: 1, failed: 0, holds: 0, isFinished: false };
  expect(await progress()).toMatchObject(owed);
  await answer(late, 'CARD_CLOSED');
  expect(await progress()).toMatchObject({ ...owed, pending: 0, failed: 1 });
  await lane.result(retry());
  expect(await progress()).toMatchObject(owed);
  expect(await readUnfinishedCancellations(lane.orm)).toMatchObject([{ scheduleId, pending: 1 }]);
  await answer(late);
  await orders.endAll();
  const done = { orders: 1, refunded: 1, pending: 0, failed: 0, isFinished: true };
  expect(await progress()).toMatchObject(done);
});

test('a cancellation is finished once all orders have ended, but not while an older transaction may add one', async () => {
  const orders = new EnqueuedCommands(lane);
  await held('ada');
  // Like a batch, it has an id of its own before it reads the schedule.
  const commit = await lane.lock('select from lane for share');
  await cancelSchedule(lane, scheduleId);
  await orders.endSome();
  expect(await progress()).toMatchObject({ holds: 0, isFinished: false });
  await commit();
  await waitFor('the cancellation is finished', async () => (await progress())?.isFinished);
});

test('the board shows a cancellation while refunds to cards are pending, though all orders have ended', async () => {
  const orders = new EnqueuedCommands(lane);
  const paid = await paidByCard('ada');
  await cancelSchedule(lane, scheduleId);
  const shown = async () =>
    (await readUnfinishedCancellations(lane.orm)).map(({ pending, failed }) => [pending, failed]);
  await orders.endSome();
  await orders.endSome();
  const [{ isChecking } = { isChecking: false }] = await lane.rows<{ isChecking: boolean }>(
    `select is_checking as "isChecking" from cancellation`,
  );
  expect(isChecking).toBe(true);
  expect(await shown()).toEqual([[1, 0]]);
  await answer(paid, 'CARD_CLOSED');
  expect(await shown()).toEqual([[0, 1]]);
  await lane.result(retry());
  await answer(paid);
  await orders.endSome();
  expect(await shown()).toEqual([]);
});

test('a retry of the cancellation asks again for what failed, and for nothing else', async () => {
  const orders = new EnqueuedCommands(lane);
  const [failed, pending, done] = [
    await paidByCard('ada'),
    await paidByCard('bea'),
    await paidByCard('cem'),
  ];
  await cancelSchedule(lane, scheduleId);
  await orders.endAll();
  await answer(failed, 'CARD_CLOSED');
  await answer(done);
  const [was] = await refundsOf(failed);
  const command = retry();
  await lane.result(command);
  const [now] = await refundsOf(failed);
  expect(now).toMatchObject({ state: 'pending', attempt: 2, callId: expect.any(Number) });
  expect(await refundsOf(pending)).toMatchObject([{ state: 'pending', attempt: 1 }]);
  expect(await refundsOf(done)).toMatchObject([{ state: 'done', attempt: 1, callId: null }]);
  // The same command again finds its receipt.
  await answer(failed, 'CARD_CLOSED');
  await lane.run(command);
  expect(await refundsOf(failed)).toMatchObject([{ state: 'failed', attempt: 2 }]);
  const [line] = await lane.rows<{ before: object; after: object }>(
    `select before, after from operator_log where command = 'retry-cancellation'`,
  );
  expect(line?.before).toEqual({ ...line?.after, failedRefundIds: [was?.id] });
});

test('refunds of another performance stay failed, and two retries in one batch ask once', async () => {
  const orders = new EnqueuedCommands(lane);
  const other = await paidByCard('ada');
  await lane.result(
    lane.command('cancel-order', { subject: 'ada', input: { orderId: other.order.id } }),
  );
  await answer(other, 'CARD_CLOSED');
  ({ id: scheduleId, seatIds } = await lane.schedule());
  const failed = await paidByCard('bea');
  await cancelSchedule(lane, scheduleId);
  await orders.endAll();
  await answer(failed, 'CARD_CLOSED');
  await lane.run(retry(), retry());
  expect(await refundsOf(failed)).toMatchObject([{ state: 'pending', attempt: 2 }]);
  expect(await refundsOf(other)).toMatchObject([{ state: 'failed', attempt: 1 }]);
});
