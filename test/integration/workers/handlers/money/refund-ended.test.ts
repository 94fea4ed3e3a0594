/** The answers of providers to refunds, and what operators do about those that failed. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checks } from '../../../../../scripts/audit/checks.ts';
import {
  expectNothingBehind,
  expectOneEffect,
  expectRefusal,
} from '../../../../support/handler-promises.ts';
import {
  type CardRefunds,
  cardRefundsOf,
  type RefundLine,
} from '../../../../support/money/card-refunds.ts';
import { checkoutState } from '../../../../support/money/checkouts.ts';
import { ordersOf } from '../../../../support/orders.ts';
import { openTestLane, type TestLane } from '../../../../support/services/test-lane.ts';

let lane: TestLane;
let cards: CardRefunds;
let scheduleId: number;
let seatIds: number[];
beforeAll(async () => {
  lane = await openTestLane();
  cards = cardRefundsOf(lane);
  const hall = { section: 'Stalls', row: 'A', from: 1, to: 90, price: 100 };
  ({ id: scheduleId, seatIds } = await lane.schedule({ seats: [hall] }));
});
afterAll(() => lane.stop());

const WHOLE = 'refunding: 200 captured, 200 on its way, 0 refunded';
const CLOSED = 'CARD_CLOSED';

const stateOf = (id: number) => checkoutState(lane, { id });

let count = 0;
/** A refund that is owed: of an order of two places at 100, or of one of them. */
async function owed({ isPart = false } = {}) {
  count += 1;
  const buyer = await lane.buyer(`buyer ${count}`);
  const { subject } = buyer;
  const order = await ordersOf(lane, scheduleId).order(buyer, seatIds.splice(-2));
  const { id: checkoutId } = await cards.pay(buyer, order.id);
  const bookingId = order.bookings[0]?.id;
  const whole = lane.command('cancel-order', { subject, input: { orderId: order.id } });
  const part = lane.command('cancel-booking', { subject, input: { bookingId } });
  await lane.result(isPart ? part : whole);
  const refund = async () => (await cards.refunds(checkoutId))[0] as RefundLine;
  return { subject, order, checkoutId, refund, first: await refund() };
}

async function failed() {
  const made = await owed();
  await lane.result(cards.answer(made.subject, made.first, CLOSED));
  return { ...made, first: await made.refund() };
}

const retry = ({ id }: Pick<RefundLine, 'id'>) =>
  lane.command('retry-refund', { subject: 'operator', input: { refundId: id } });
const end = ({ id }: Pick<RefundLine, 'id'>, as: 'points' | 'elsewhere') => {
  const input = { refundId: id, as, reason: 'The card is closed' };
  return lane.command('end-refund', { subject: 'operator', input });
};
async function balance(subject: string): Promise<number | undefined> {
  const [row] = await lane.rows<{ balance: number }>(
    `select balance::int from points join app_user on app_user.id = user_id
     where subject = '${subject}'`,
  );
  return row?.balance;
}
const logged = (name: string) =>
  lane.rows<{ before: object; after: object; reason: string | null }>(
    `select before, after, reason from operator_log where command = '${name}' order by id desc limit 1`,
  );

describe('an answer', () => {
  test('ends the refund, and its call is owed no more', async () => {
    const { subject, first, refund, checkoutId, order } = await owed();
    expect(await lane.result(cards.answer(subject, first))).toMatchObject({
      ...{ id: first.id, checkoutId, orderId: order.id, amount: 200, currency: 'KRW' },
      ...{ state: 'done', attempt: 1, failure: null, endedAt: expect.any(String) },
    });
    expect(await refund()).toMatchObject({ state: 'done', callId: null });
    expect(await stateOf(checkoutId)).toBe('refunded: 200 captured, 0 on its way, 200 refunded');
  });

  test('has one effect, and none if a statement fails', async () => {
    const { subject, first } = await owed();
    await expectNothingBehind(lane, cards.answer(subject, first), 'update on card_refund');
    await expectNothingBehind(lane, cards.answer(subject, first), 'delete on outbox_call');
    await expectOneEffect(lane, cards.answer(subject, first));
  });

  test('to a part leaves the order paid by the checkout', async () => {
    const { subject, first, checkoutId } = await owed({ isPart: true });
    await lane.result(cards.answer(subject, first));
    expect(await stateOf(checkoutId)).toBe('paid: 200 captured, 0 on its way, 100 refunded');
  });

  test('that comes twice counts once, also while another refund is on its way', async () => {
    const { subject, first, checkoutId, order } = await owed({ isPart: true });
    const input = { orderId: order.id };
    await lane.result(lane.command('cancel-order', { subject, input }));
    await lane.result(cards.answer(subject, first));
    await lane.result(cards.answer(subject, first));
    expect(await stateOf(checkoutId)).toBe('refunding: 200 captured, 100 on its way, 100 refunded');
    const second = (await cards.refunds(checkoutId))[1] as RefundLine;
    await lane.run(cards.answer(subject, second), cards.answer(subject, second));
    expect(await stateOf(checkoutId)).toBe('refunded: 200 captured, 0 on its way, 200 refunded');
  });

  test('that the refund failed leaves the sum on its way', async () => {
    const { subject, first, refund, checkoutId } = await owed();
    await lane.result(cards.answer(subject, first, CLOSED));
    expect(await refund()).toMatchObject({ state: 'failed', failure: CLOSED, callId: null });
    expect(await stateOf(checkoutId)).toBe(WHOLE);
  });

  test('of a call that was made twice does not take back that the refund is done', async () => {
    const { subject, first, refund, checkoutId } = await owed();
    await lane.result(cards.answer(subject, first));
    await lane.result(cards.answer(subject, first, 'ALREADY_REFUNDED'));
    expect(await refund()).toMatchObject({ state: 'done', failure: null });
    expect(await stateOf(checkoutId)).toBe('refunded: 200 captured, 0 on its way, 200 refunded');
  });

  test('that comes days later takes back that the refund is done', async () => {
    const { subject, first, refund, checkoutId } = await owed();
    await lane.result(cards.answer(subject, first));
    const later = { ...first, callId: null };
    await lane.result(cards.answer(subject, later, 'The bank has returned it'));
    expect(await refund()).toMatchObject({ state: 'failed', failure: 'The bank has returned it' });
    expect(await stateOf(checkoutId)).toBe(WHOLE);
  });

  test('to an earlier attempt changes nothing, and the call of the present one stays owed', async () => {
    const { subject, first, refund, checkoutId } = await owed();
    // The provider has told it by an event, so the call of the first attempt is still owed, and then the same row is that of the second.
    await lane.result(cards.answer(subject, { ...first, callId: null }, CLOSED));
    await lane.result(retry(first));
    const second = await refund();
    expect(second).toMatchObject({ attempt: 2, callId: first.callId });
    await lane.result(cards.answer(subject, first));
    await lane.result(cards.answer(subject, first, CLOSED));
    expect(await refund()).toEqual(second);
    await lane.result(cards.answer(subject, second));
    expect(await refund()).toMatchObject({ state: 'done', attempt: 2, callId: null });
    expect(await stateOf(checkoutId)).toBe('refunded: 200 captured, 0 on its way, 200 refunded');
  });

  test('to a refund that there is not, or not of that checkout, is refused', async () => {
    const { subject, first } = await owed();
    const code = { code: 'REFUND_NOT_FOUND' };
    await expectRefusal(lane, cards.answer(subject, { ...first, id: 999_999 }), code);
    await expectRefusal(lane, cards.answer(subject, { ...first, checkoutId: 999_999 }), code);
  });

  test('to a lost refund whose ids another one has now is refused, and leaves its call', async () => {
    const { subject, first, refund } = await owed();
    const code = { code: 'REFUND_NOT_FOUND' };
    const { jobId } = (await owed()).first;
    await expectRefusal(lane, cards.answer(subject, { ...first, jobId }), code);
    await lane.buyer('somebody else');
    await expectRefusal(lane, cards.answer('somebody else', first), code);
    expect(await refund()).toEqual(first);
  });
});

describe('an operator', () => {
  test('has the provider asked again', async () => {
    const { subject, first, refund, checkoutId } = await failed();
    await expectNothingBehind(lane, retry(first), 'insert on outbox_call');
    await expectOneEffect(lane, retry(first));
    expect(await refund()).toMatchObject({
      ...{ state: 'pending', attempt: 2, failure: null, callId: expect.any(Number) },
    });
    const [line] = await logged('retry-refund');
    expect(line).toMatchObject({
      before: { id: first.id, state: 'failed', attempt: 1, failure: CLOSED },
      after: { id: first.id, state: 'pending', attempt: 2, failure: null },
    });
    await lane.result(cards.answer(subject, await refund()));
    expect(await stateOf(checkoutId)).toBe('refunded: 200 captured, 0 on its way, 200 refunded');
  });

  test('gives the points instead', async () => {
    const { subject, first, refund, checkoutId } = await failed();
    const before = await balance(subject);
    await expectNothingBehind(lane, end(first, 'points'), 'insert on point_history');
    await expectOneEffect(lane, end(first, 'points'));
    expect(await refund()).toMatchObject({ state: 'credited', callId: null });
    expect(await balance(subject)).toBe(Number(before) + 200);
    expect(await balance('operator')).toBeUndefined();
    expect(await stateOf(checkoutId)).toBe('refunded: 200 captured, 0 on its way, 200 refunded');
    const [line] = await logged('end-refund');
    expect(line).toMatchObject({
      reason: 'The card is closed',
      before: { state: 'failed', endedAt: null },
      after: { state: 'credited', endedAt: expect.any(String) },
    });
  });

  test('notes that it was paid back elsewhere', async () => {
    const { subject, first, refund, checkoutId } = await failed();
    const before = await balance(subject);
    await expectOneEffect(lane, end(first, 'elsewhere'));
    expect(await refund()).toMatchObject({ state: 'elsewhere', callId: null });
    expect(await balance(subject)).toBe(before);
    expect(await stateOf(checkoutId)).toBe('refunded: 200 captured, 0 on its way, 200 refunded');
  });

  test('cannot do both', async () => {
    const { first } = await failed();
    const commands = [end(first, 'points'), retry(first), end(first, 'elsewhere')];
    const finished = await lane.run(...commands);
    expect(finished.map(({ outcome }) => outcome.state)).toEqual([
      ...['succeeded', 'rejected', 'rejected'],
    ]);
    const code = { code: 'REFUND_NOT_FAILED' };
    await expectRefusal(lane, retry(first), code);
    await expectRefusal(lane, end(first, 'elsewhere'), code);
  });

  test('changes no refund that has not failed, and none that there is not', async () => {
    const { first } = await owed();
    const code = { code: 'REFUND_NOT_FAILED' };
    await expectRefusal(lane, retry(first), code);
    await expectRefusal(lane, end(first, 'points'), code);
    await expectRefusal(lane, retry({ id: 999_999 }), { code: 'REFUND_NOT_FOUND' });
    await expectRefusal(lane, end({ id: 999_999 }, 'points'), { code: 'REFUND_NOT_FOUND' });
  });
});

test('the audit finds nothing wrong with any of this', async () => {
  for (const { promise, wrong } of checks) expect(await lane.rows(wrong), promise).toEqual([]);
});
