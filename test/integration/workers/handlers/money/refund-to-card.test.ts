/** Cancelling orders that were paid by card: their money goes back to the card, once. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checks } from '../../../../../scripts/audit/checks.ts';
import type { Booking, Order } from '../../../../../src/commands/schemas/resources.ts';
import { applyBatch } from '../../../../../workers/batch/apply-batch.ts';
import type { OwnedLane, TakenCommand } from '../../../../../workers/batch/batch.ts';
import {
  expectNothingBehind,
  expectOneEffect,
  expectRefusal,
} from '../../../../support/handler-promises.ts';
import { type CardRefunds, cardRefundsOf } from '../../../../support/money/card-refunds.ts';
import { checkoutState, historyOf } from '../../../../support/money/checkouts.ts';
import { ordersOf } from '../../../../support/orders.ts';
import { cancelSchedule } from '../../../../support/services/cancellations.ts';
import {
  inLane,
  openTestLane,
  type TestLane,
  takeLane,
} from '../../../../support/services/test-lane.ts';

let lane: TestLane;
let otherLane: OwnedLane;
let cards: CardRefunds;
let scheduleId: number;
let seatIds: number[];
beforeAll(async () => {
  lane = await openTestLane({}, { connectionsMax: 8 });
  otherLane = await takeLane(lane.orm, 'user-1');
  cards = cardRefundsOf(lane);
  const free = { section: 'Gallery', row: 'B', from: 1, to: 9, price: 0 };
  const hall = { section: 'Stalls', row: 'A', from: 1, to: 60, price: 100 };
  ({ id: scheduleId, seatIds } = await lane.schedule({ seats: [free, hall] }));
});
afterAll(() => lane.stop());

const freeSeat = () => seatIds.shift() as number;
const someSeats = (count: number) => seatIds.splice(-count);
const cancel = (subject: string, { id }: Order) =>
  lane.command('cancel-order', { subject, input: { orderId: id } });
const cancelAsOperator = ({ id }: Order) => {
  const input = { orderId: id, reason: 'The buyer is ill' };
  return lane.command('cancel-order-as-operator', { subject: 'operator', input });
};
const cancelOne = (subject: string, booking: Booking | undefined) =>
  lane.command('cancel-booking', { subject, input: { bookingId: booking?.id } });

let count = 0;
/** An order that is held by a user of its own, who has 7 points. */
async function held(seats = someSeats(2)) {
  count += 1;
  const buyer = await lane.buyer(`buyer ${count}`);
  await lane.points(buyer.subject, 7);
  const order = await ordersOf(lane, scheduleId).order(buyer, seats);
  return { buyer, subject: buyer.subject, order };
}

async function paidByCard(seats?: number[]) {
  const { buyer, ...made } = await held(seats);
  const { id: checkoutId } = await cards.pay(buyer, made.order.id);
  return { ...made, checkoutId };
}

const history = (subject: string) => historyOf(lane, subject);
const stateOf = (id: number) => checkoutState(lane, { id });
const refunded = (orderId: number) =>
  lane.rows<{ price: number; balance: number; amount: number | null }>(
    `select price::int, balance::int, amount::int from payment
     left join card_refund on payment_id = payment.id
     where order_id = ${orderId} and kind = 'refund' order by payment.id`,
  );

const PAID = ['charge 7 = 7', 'charge 200 = 207', 'use 200 = 7'];

test('a whole order goes back to the card, and the points stay as they are', async () => {
  const { subject, order, checkoutId } = await paidByCard();
  expect(await lane.result(cancel(subject, order))).toMatchObject({ state: 'refunded' });
  expect(await history(subject)).toEqual([...PAID, 'refund 200 = 207', 'use 200 = 7']);
  expect(await refunded(order.id)).toEqual([{ price: 200, balance: 207, amount: 200 }]);
  expect(await stateOf(checkoutId)).toBe('refunding: 200 captured, 200 on its way, 0 refunded');
  expect(await cards.refunds(checkoutId)).toMatchObject([
    { amount: 200, state: 'pending', attempt: 1, callId: expect.any(Number) },
  ]);
});

test('the refund has one effect, and none if a statement fails', async () => {
  const { subject, order } = await paidByCard();
  await expectNothingBehind(lane, cancel(subject, order), 'insert on card_refund');
  await expectNothingBehind(lane, cancel(subject, order), 'insert on outbox_call');
  await expectOneEffect(lane, cancel(subject, order));
  await expectRefusal(lane, cancel(subject, order), { code: 'ORDER_CANCELLED' });
});

test('a place goes back by itself, and the rest with the whole order', async () => {
  const { subject, order, checkoutId } = await paidByCard();
  await lane.result(cancelOne(subject, order.bookings[0]));
  expect(await stateOf(checkoutId)).toBe('refunding: 200 captured, 100 on its way, 0 refunded');
  await lane.result(cancel(subject, order));
  expect(await refunded(order.id)).toEqual([
    { price: 100, balance: 107, amount: 100 },
    { price: 100, balance: 107, amount: 100 },
  ]);
  expect(await cards.refunds(checkoutId)).toHaveLength(2);
  expect(await stateOf(checkoutId)).toBe('refunding: 200 captured, 200 on its way, 0 refunded');
});

test('two places go back in one batch', async () => {
  const { subject, order, checkoutId } = await paidByCard();
  const [one, other] = order.bookings;
  await lane.run(cancelOne(subject, one), cancelOne(subject, other));
  expect(await history(subject)).toEqual([
    ...PAID,
    ...['refund 100 = 107', 'use 100 = 7', 'refund 100 = 107', 'use 100 = 7'],
  ]);
  expect(await stateOf(checkoutId)).toBe('refunding: 200 captured, 200 on its way, 0 refunded');
});

test('a place that cost nothing owes nothing to the card', async () => {
  const { subject, order, checkoutId } = await paidByCard([...someSeats(1), freeSeat()]);
  const free = order.bookings.find(({ price }) => price === 0);
  await lane.result(cancelOne(subject, free));
  expect(await refunded(order.id)).toEqual([{ price: 0, balance: 7, amount: null }]);
  expect(await cards.refunds(checkoutId)).toEqual([]);
  await lane.result(cancel(subject, order));
  expect(await stateOf(checkoutId)).toBe('refunding: 100 captured, 100 on its way, 0 refunded');
});

test('the free place that is left of an order can be refunded', async () => {
  const { subject, order, checkoutId } = await paidByCard([...someSeats(1), freeSeat()]);
  await lane.result(
    cancelOne(
      subject,
      order.bookings.find(({ price }) => price > 0),
    ),
  );
  expect(await lane.result(cancel(subject, order))).toMatchObject({ state: 'refunded' });
  expect(await cards.refunds(checkoutId)).toHaveLength(1);
});

test('an operator sends it back to the card of the buyer', async () => {
  const { subject, order, checkoutId } = await paidByCard();
  await lane.result(cancelAsOperator(order));
  expect(await history(subject)).toEqual([...PAID, 'refund 200 = 207', 'use 200 = 7']);
  expect(await history('operator')).toEqual([]);
  expect(await stateOf(checkoutId)).toBe('refunding: 200 captured, 200 on its way, 0 refunded');
});

test('what was paid with points goes back to the points, also if a card payment was begun before', async () => {
  const { buyer, subject, order } = await held();
  const { id: checkoutId } = await cards.open(buyer, order.id);
  await lane.points(subject, 193);
  await lane.result(ordersOf(lane, scheduleId).pay(buyer, order.id));
  await lane.result(cancel(subject, order));
  expect((await history(subject)).at(-1)).toBe('refund 200 = 200');
  expect(await cards.refunds(checkoutId)).toEqual([]);
});

test('the end of a cancelled performance sends it back to the card', async () => {
  const other = await lane.schedule();
  count += 1;
  const buyer = await lane.buyer(`buyer ${count}`);
  const order = await ordersOf(lane, other.id).order(buyer, other.seatIds.slice(0, 2));
  const { id: checkoutId } = await cards.pay(buyer, order.id);
  await cancelSchedule(lane, other.id);
  const input = { orderId: order.id, scheduleId: other.id };
  await expectOneEffect(
    lane,
    lane.command('end-cancelled-order', { subject: buyer.subject, input }),
  );
  expect(await stateOf(checkoutId)).toBe('refunding: 200 captured, 200 on its way, 0 refunded');
});

describe('at the same time', () => {
  const outcomeOf = async (command: TakenCommand, own: OwnedLane): Promise<string> => {
    const batch = { lane: own, commands: [inLane(command, own)] };
    const [finished] = await applyBatch(lane.deps, [batch], { lockTimeoutMs: 20_000 });
    const outcome = finished?.outcome;
    return outcome?.state === 'rejected' ? outcome.problem.code : String(outcome?.state);
  };

  /** Each in a lane: the first one waits for the points of the buyer, with the order locked, and the second one for the first. */
  async function race(subject: string, first: TakenCommand, second: TakenCommand) {
    const release = await lane.lock(
      `select from points join app_user on app_user.id = user_id where subject = '${subject}' for update of points`,
    );
    const one = outcomeOf(first, lane.lane);
    await lane.waitForLockWaiters(1);
    const two = outcomeOf(second, otherLane);
    await lane.waitForLockWaiters(2);
    await release();
    return Promise.all([one, two]);
  }

  test.each([true, false])(
    'buyer and operator refund an order once, the buyer first: %s',
    async (isBuyerFirst) => {
      const { subject, order, checkoutId } = await paidByCard();
      const commands = [cancel(subject, order), cancelAsOperator(order)] as const;
      const [first, second] = isBuyerFirst ? commands : commands.toReversed();
      const states = await race(subject, first as TakenCommand, second as TakenCommand);
      expect(states).toEqual(['succeeded', 'ORDER_CANCELLED']);
      expect(await cards.refunds(checkoutId)).toHaveLength(1);
      expect(await history(subject)).toEqual([...PAID, 'refund 200 = 207', 'use 200 = 7']);
    },
  );

  test('a place and then the whole order go back with exactly what was captured', async () => {
    const { subject, order, checkoutId } = await paidByCard();
    const one = cancelOne(subject, order.bookings[0]);
    const states = await race(subject, one, cancelAsOperator(order));
    expect(states).toEqual(['succeeded', 'succeeded']);
    const amounts = (await cards.refunds(checkoutId)).map(({ amount }) => amount);
    expect(amounts).toEqual([100, 100]);
    expect(await stateOf(checkoutId)).toBe('refunding: 200 captured, 200 on its way, 0 refunded');
  });

  test('the whole order goes back once, also if a place of it is asked for behind', async () => {
    const { subject, order, checkoutId } = await paidByCard();
    const one = cancelOne(subject, order.bookings[0]);
    const states = await race(subject, cancelAsOperator(order), one);
    expect(states).toEqual(['succeeded', 'BOOKING_CANCELLED']);
    expect(await cards.refunds(checkoutId)).toHaveLength(1);
  });
});

describe('while the payment page of a held order is open', () => {
  const lookAt = async (checkoutId: number) => {
    const [row] = await lane.rows<{ isDue: boolean; state: string }>(
      `select look_at <= now() as "isDue", state from checkout where id = ${checkoutId}`,
    );
    return row;
  };

  test('no place can be taken out of it', async () => {
    const { buyer, subject, order } = await held();
    const { id: checkoutId } = await cards.open(buyer, order.id);
    const one = cancelOne(subject, order.bookings[0]);
    await expectRefusal(lane, one, { code: 'CHECKOUT_OPEN', checkoutId });
    expect(await lookAt(checkoutId)).toEqual({ isDue: false, state: 'open' });
  });

  test('it can be cancelled, and the provider is asked at once', async () => {
    const { buyer, subject, order } = await held();
    const { id: checkoutId } = await cards.open(buyer, order.id);
    expect(await lane.result(cancel(subject, order))).toMatchObject({ state: 'cancelled' });
    expect(await lookAt(checkoutId)).toEqual({ isDue: true, state: 'open' });
  });

  test('its only place can be cancelled', async () => {
    const { buyer, subject, order } = await held(someSeats(1));
    const { id: checkoutId } = await cards.open(buyer, order.id);
    await lane.result(cancelOne(subject, order.bookings[0]));
    expect(await lookAt(checkoutId)).toEqual({ isDue: true, state: 'open' });
  });
});

test('the audit finds nothing wrong with any of this', async () => {
  for (const { promise, wrong } of checks) expect(await lane.rows(wrong), promise).toEqual([]);
});
