/** The audit finds every violation of the promises about card payments: each is written by hand, and taken back. */
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checks } from '../../scripts/audit/checks.ts';
import { moneyChecks } from '../../scripts/audit/money-checks.ts';
import { afterViolation } from '../support/audit/after-violation.ts';
import { type CardRefunds, cardRefundsOf } from '../support/money/card-refunds.ts';
import { checkoutsOf } from '../support/money/checkouts.ts';
import { ordersOf } from '../support/orders.ts';
import { openTestLane, type TestLane } from '../support/services/test-lane.ts';

let lane: TestLane;
let client: Client;
let cards: CardRefunds;

/** The refund of a checkout that has one. */
async function refundOf({ id }: { id: number }) {
  const [refund] = await cards.refunds(id);
  if (!refund) throw new Error(`Checkout ${id} has no refund.`);
  return refund;
}

beforeAll(async () => {
  lane = await openTestLane();
  cards = cardRefundsOf(lane);
  const checkouts = checkoutsOf(lane);
  const free = { section: 'Gallery', row: 'B', from: 1, to: 2, price: 0 };
  const hall = { section: 'Stalls', row: 'A', from: 1, to: 40, price: 100 };
  const { id: scheduleId, seatIds } = await lane.schedule({ seats: [free, hall] });
  const orders = ordersOf(lane, scheduleId);
  const [freeSeat = 0] = seatIds.splice(0, 2);

  let count = 0;
  async function held(seats = seatIds.splice(0, 2)) {
    count += 1;
    const buyer = await lane.buyer(`buyer ${count}`);
    const order = await orders.order(buyer, seats);
    return { buyer, subject: buyer.subject, order };
  }
  async function paid(seats?: number[]) {
    const made = await held(seats);
    return { ...made, checkout: await cards.pay(made.buyer, made.order.id) };
  }
  async function refunded() {
    const made = await paid();
    await lane.result(orders.cancel(made.subject, made.order.id));
    return { ...made, refund: await refundOf(made.checkout) };
  }
  async function failed() {
    const made = await refunded();
    await lane.result(cards.answer(made.subject, made.refund, 'CARD_CLOSED'));
    return made;
  }
  const endRefund = (refundId: number, as: 'points' | 'elsewhere') => {
    const input = { refundId, as, reason: 'The card is closed' };
    return lane.result(lane.command('end-refund', { subject: 'operator', input }));
  };
  const cancelOne = (subject: string, bookingId: number | undefined) =>
    lane.result(lane.command('cancel-booking', { subject, input: { bookingId } }));

  await paid();
  await refunded();
  const done = await refunded();
  await lane.result(cards.answer(done.subject, done.refund));
  await failed();
  await endRefund((await failed()).refund.id, 'points');
  await endRefund((await failed()).refund.id, 'elsewhere');
  const partly = await paid();
  await cancelOne(partly.subject, partly.order.bookings[0]?.id);
  const withFree = await paid([freeSeat, ...seatIds.splice(0, 1)]);
  const ofFree = withFree.order.bookings.find(({ price }) => price === 0);
  await cancelOne(withFree.subject, ofFree?.id);

  const late = await held();
  const lateCheckout = await cards.open(late.buyer, late.order.id);
  await lane.result(orders.cancel(late.subject, late.order.id));
  await lane.result(checkouts.settle(lateCheckout));
  const expired = await held();
  const expiredCheckout = await cards.open(expired.buyer, expired.order.id);
  await lane.result(checkouts.settle(expiredCheckout, { outcome: 'expired', amount: undefined }));
  const topUp = await checkouts.known(await lane.result(checkouts.topUp('ada', 500)));
  await lane.result(checkouts.settle(topUp));
  const opening = await held();
  await checkouts.begun(opening.buyer, opening.order.id);
  const open = await held();
  await cards.open(open.buyer, open.order.id);
  const byPoints = await held();
  await lane.points(byPoints.subject, 200);
  await lane.result(orders.pay(byPoints.buyer, byPoints.order.id));
  await lane.result(orders.cancel(byPoints.subject, byPoints.order.id));

  client = new Client(lane.config.databaseUrl);
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await lane.stop();
});

const added = 'What a card payment captured was added';
const inOne = 'A card payment that paid its order';
const counts = 'A checkout counts its refunds';
const isInState = 'A checkout that captured money';
const page = 'The places of an order are held';
const took = 'A refund to a card took';
const goesBack = 'Every refund of an order that was paid by card';
const inPoints = 'A refund that an operator ended in points';
const sum = 'What a card payment captured is refunded';
const call = 'A call to a provider is of a checkout';
const asked = 'The provider is asked for each page';
const looked = 'A checkout that is over and not settled';
const effect = 'Every command that succeeded has its effect';
const receipt = 'Every effect has the receipt';
const settled = `select settled_job_id from checkout`;

/** What is written, by the beginning of the promise that it breaks. */
const VIOLATIONS: [promise: string, violation: string][] = [
  [added, `update checkout set captured = captured + 1 where captured > 0`],
  [added, `delete from point_history where kind = 'charge' and job_id in (${settled})`],
  [added, `update point_history set user_id = 1 where kind = 'charge' and job_id in (${settled})`],
  [
    added,
    `insert into point_history (user_id, kind, amount, balance, job_id, created_at)
     select user_id, 'charge', 5, 5, lane || '_' || id, finished_at from command_receipt receipt
     where command = 'settle-checkout'
       and not exists (select from checkout where settled_job_id = receipt.lane || '_' || receipt.id)`,
  ],
  [
    added,
    `update checkout set settled_job_id = (select min(settled_job_id) from checkout)
     where settled_job_id is not null`,
  ],
  [inOne, `update payment set job_id = 'user-0_other' where job_id in (${settled})`],
  [inOne, `update payment set price = price + 1 where kind = 'payment' and job_id in (${settled})`],
  [inOne, `update payment set order_id = 999 where kind = 'payment' and job_id in (${settled})`],
  [inOne, `update checkout set paid_at = null where paid_at is not null`],
  [inOne, `update checkout set paid_at = now() where paid_at is null and captured > 0`],
  [counts, `update checkout set refunding = refunding + 1`],
  [counts, `update checkout set refunded = refunded + 1`],
  [counts, `update card_refund set amount = amount + 1`],
  [counts, `update card_refund set state = 'done' where state = 'pending'`],
  [counts, `update card_refund set state = 'failed' where state = 'credited'`],
  [isInState, `update checkout set state = 'paid' where state = 'refunding'`],
  [isInState, `update checkout set state = 'credited' where state = 'paid'`],
  [isInState, `update checkout set state = 'paid' where state = 'credited'`],
  [isInState, `update checkout set state = 'refunding' where state = 'refunded'`],
  [page, `update app_order set hold_expires_at = created_at`],
  [page, `update checkout set expires_at = expires_at + interval '1 ms' where state = 'open'`],
  [page, `update checkout set expires_at = expires_at + interval '1 ms' where state = 'opening'`],
  [
    took,
    `delete from point_history where kind = 'use' and job_id in (select job_id from card_refund)`,
  ],
  [took, `update card_refund set payment_id = null where payment_id is not null`],
  [
    took,
    `update card_refund set payment_id = (select max(id) from payment) where payment_id is null`,
  ],
  [took, `update card_refund set payment_id = 999 where payment_id is not null`],
  [took, `update card_refund set checkout_id = 999`],
  [took, `update payment set price = price - 1 where id in (select payment_id from card_refund)`],
  [took, `update payment set kind = 'payment' where id in (select payment_id from card_refund)`],
  [goesBack, `delete from card_refund where payment_id is not null`],
  [goesBack, `update card_refund set checkout_id = (select max(id) from checkout)`],
  [inPoints, `delete from operator_log where command = 'end-refund'`],
  [inPoints, `update card_refund set state = 'credited' where state = 'elsewhere'`],
  [
    inPoints,
    `delete from point_history where job_id in (select job_id from operator_log where command = 'end-refund')`,
  ],
  [sum, `delete from card_refund`],
  [sum, `delete from card_refund where payment_id is null`],
  [sum, `delete from point_history where kind = 'charge' and job_id in (${settled})`],
  [sum, `update checkout set captured = captured + 1 where captured > 0`],
  [sum, `update payment set price = price + 1 where kind = 'refund'`],
  [call, `update outbox_call set checkout_id = 999 + id`],
  [call, `update outbox_call set refund_id = 999 + id where kind = 'refund'`],
  [asked, `delete from outbox_call where kind = 'open'`],
  [asked, `delete from outbox_call where kind = 'refund'`],
  [
    looked,
    `with gone as (delete from outbox_call) update checkout
     set expires_at = now() - interval '2 hours', look_at = now() + interval '2 hours' where state = 'open'`,
  ],
  [
    looked,
    `with gone as (delete from outbox_call) update checkout
     set expires_at = now() - interval '2 hours', look_at = now() - interval '61 minutes' where state = 'open'`,
  ],
  [effect, `update checkout set job_id = 'user-0_other' where order_id is not null`],
  [effect, `update checkout set job_id = 'user-0_other' where order_id is null`],
  [effect, `update checkout set order_id = null`],
  [effect, `update checkout set paid_at = null`],
  [receipt, `update checkout set job_id = 'user-0_other'`],
  [receipt, `update checkout set settled_job_id = 'user-0_other' where captured > 0`],
  [receipt, `update card_refund set job_id = 'user-0_other' || id`],
];

const LOOSENED = [
  'alter table checkout drop constraint checkout_refunds_fit_capture',
  'alter table checkout drop constraint checkout_captured_is_settled',
  'alter table checkout drop constraint checkout_payer_has_order',
  'alter table card_refund drop constraint card_refund_ended_has_time',
  'alter table card_refund drop constraint card_refund_one_per_payment',
  'drop index checkout_one_payer_per_order, checkout_one_open_per_order',
  'drop index payment_one_per_order, payment_one_whole_refund_per_order',
];

const wrongIn = async (wrong: string) => (await client.query(wrong)).rowCount ?? 0;

test('nothing is wrong before', async () => {
  for (const { promise, wrong } of checks) {
    const { rows } = await client.query(wrong);
    expect(rows, promise).toEqual([]);
  }
});

test('each check has something to check', async () => {
  for (const { promise, counted } of moneyChecks) {
    const { rows } = await client.query(`select (${counted})::int as count`);
    expect(rows[0].count, promise).toBeGreaterThan(0);
  }
});

test.each(VIOLATIONS)('%s … is found broken by: %s', async (promise, violation) => {
  const check = checks.find((each) => each.promise.startsWith(promise));
  const found = () => wrongIn(check?.wrong ?? '');
  const broken = { violation, loosening: LOOSENED };
  expect(await afterViolation(client, broken, found)).toBeGreaterThan(0);
});

test('every promise is broken above', () => {
  const broken = (promise: string) => VIOLATIONS.some(([start]) => promise.startsWith(start));
  const untried = moneyChecks.filter(({ promise }) => !broken(promise));
  expect(untried.map(({ promise }) => promise)).toEqual([]);
});
