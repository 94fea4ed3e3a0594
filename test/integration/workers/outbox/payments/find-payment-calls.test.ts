/** The statements of calls to payment providers. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { rowsOf } from '../../../../../src/db/connection/pipeline.ts';
import { leaseCalls, putOff } from '../../../../../workers/outbox/lease-calls.ts';
import {
  endCalls,
  findPaymentCalls,
} from '../../../../../workers/outbox/payments/find-payment-calls.ts';
import { readPaymentState } from '../../../../../workers/outbox/payments/payment-state.ts';
import { lookAtCheckouts } from '../../../../../workers/timers/look-at-checkouts.ts';
import { wholeReads } from '../../../../support/plans.ts';
import { PaymentScene, SHOP_URL, SUBJECT } from '../../../../support/sandbox/payment-scene.ts';
import { AMOUNT } from '../../../../support/sandbox/sandbox.ts';
import { openTestLane } from '../../../../support/services/test-lane.ts';

let scene: PaymentScene;
beforeAll(async () => {
  scene = await PaymentScene.open();
});
afterEach(() => scene.clear());
afterAll(() => scene.stop());

const later = () => scene.lane.rows(`update outbox_call set next_at = now() + interval '1 min'`);

/** Ends calls of checkouts that the timer has never asked about. */
const ended = (...ids: number[]) =>
  endCalls(
    scene.lane.orm,
    ids.map((id) => ({ id, looks: 0 })),
  );

test('a call is read with its checkout, its order, its refund and its user', async () => {
  const order = await scene.order();
  const checkout = await scene.checkout({ orderId: order.id });
  const topUp = await scene.refund();
  const open = await scene.owe('open', checkout.id);
  const refund = await scene.owe('refund', topUp.id, topUp.refundId);
  const found = await findPaymentCalls(scene.lane.orm, [open, refund, 999_999]);
  expect([...found.keys()].toSorted()).toEqual([open, refund].toSorted());
  expect(found.get(open)).toEqual({
    id: open,
    now: expect.any(Number),
    checkoutId: checkout.id,
    jobId: expect.stringMatching(/^user-0_/),
    orderId: order.id,
    orderState: 'held',
    subject: SUBJECT,
    provider: 'sandbox',
    amount: AMOUNT,
    currency: 'KRW',
    state: 'open',
    returnUrl: SHOP_URL,
    expiresAt: expect.any(Date),
    looks: 0,
    ref: null,
    refund: null,
  });
  expect(found.get(refund)).toMatchObject({
    orderId: null,
    orderState: null,
    ref: topUp.ref,
    refund: { id: topUp.refundId, amount: 5000, state: 'pending', attempt: 1 },
  });
});

test('a call that is due again, or that is being answered, is not deleted', async () => {
  const { id } = await scene.checkout();
  const due = await scene.owe('look', id);
  expect(await ended(due)).toEqual(new Map());
  await later();
  const free = await scene.lane.lock(`select 1 from outbox_call where id = ${due} for update`);
  expect(await ended(due)).toEqual(new Map());
  await free();
  expect(await ended(due, 999_999)).toEqual(new Map([[due, true]]));
  expect(await scene.owed()).toEqual([]);
});

test('a look that was asked for again is not deleted, although it was leased and put off since', async () => {
  const { orm } = scene.lane;
  const { id } = await scene.checkout({ ref: 'chk_1' });
  const { id: otherId } = await scene.checkout({ ref: 'chk_2' });
  const look = await scene.owe('look', id);
  const other = await scene.owe('look', otherId);
  await later();
  const made = [...(await findPaymentCalls(orm, [look, other])).values()];
  // The order ends: whoever ends it has the page closed.
  await scene.lane.rows(`update checkout set look_at = now() where id = ${id}`);
  expect(await scene.look()).toBe(1);
  expect(await rowsOf(orm, leaseCalls({}))).toMatchObject([{ id: look }]);
  await rowsOf(orm, putOff({ ids: [look] }));
  expect(await endCalls(orm, made)).toEqual(new Map([[other, true]]));
  expect(await scene.owed()).toEqual([look]);
  const again = [...(await findPaymentCalls(orm, [look])).values()];
  expect(await endCalls(orm, again)).toEqual(new Map([[look, true]]));
});

test.each([
  ['10 s', 1],
  ['10 min', 5],
  ['10 h', 30],
])(
  'a call of an age of %s whose job still waits is looked at again after %i min',
  async (age, minutes) => {
    const { orm, rows } = scene.lane;
    const { id } = await scene.checkout();
    const look = await scene.owe('look', id);
    await rows(`update outbox_call set created_at = now() - interval '${age}'`);
    await rowsOf(orm, putOff({ ids: [look] }));
    const [call] = await rows<{ next: number; offers: number }>(
      `select round(extract(epoch from next_at - now()) / 60)::int as next, offers from outbox_call`,
    );
    expect(call).toEqual({ next: minutes, offers: 0 });
  },
);

test('the call of a refund that is pending again is not deleted', async () => {
  const { id, refundId } = await scene.refund();
  const refund = await scene.owe('refund', id, refundId);
  await later();
  expect(await ended(refund)).toEqual(new Map());
  await scene.lane.rows(`update card_refund set state = 'done', ended_at = now()`);
  expect(await ended(refund)).toEqual(new Map([[refund, true]]));
});

test('the metrics show live checkouts, how long one has been over its end, and failed refunds', async () => {
  const { orm } = scene.lane;
  expect(await readPaymentState(orm)).toEqual({ live: 0, overdueSeconds: 0, failedRefunds: 0 });
  await scene.checkout();
  await scene.checkout({ state: 'expired' });
  expect(await readPaymentState(orm)).toEqual({ live: 1, overdueSeconds: 0, failedRefunds: 0 });
  await scene.checkout({ state: 'opening', expiresAt: `now() - interval '100 s'` });
  await scene.refund();
  await scene.lane.rows(`update card_refund set state = 'failed'`);
  const { overdueSeconds, ...counts } = await readPaymentState(orm);
  expect(counts).toEqual({ live: 2, failedRefunds: 1 });
  expect(overdueSeconds).toBeGreaterThanOrEqual(100);
});

test('no statement reads all checkouts or all calls', async () => {
  const narrow = await openTestLane({}, { connectionsMax: 1 });
  await narrow.points(SUBJECT, 1);
  await narrow.rows(
    `insert into app_user (subject) select 'fan ' || n from generate_series(1, 5000) as n`,
  );
  await narrow.rows(`insert into checkout (user_id, provider, amount, currency, state, return_url, provider_ref,
      expires_at, look_at, created_at, job_id)
    select app_user.id, 'sandbox', 1, 'KRW', case when n % 50 = 0 then 'open' else 'expired' end, '${SHOP_URL}', 'ref ' || n,
      now() + interval '1 hour', case when n % 50 = 0 then now() + n * interval '1 s' end, now(), 'job ' || n
    from app_user, generate_series(1, 5000) as n where subject = '${SUBJECT}'`);
  await narrow.rows(`insert into outbox_call (kind, checkout_id, next_at, created_at)
    select 'look', id, now() + interval '1 min', now() from checkout`);
  await narrow.rows('update checkout set look_at = now() where id = 50');
  for (const table of ['app_user', 'checkout', 'outbox_call'])
    await narrow.rows(`analyze ${table}`);
  expect(await lookAtCheckouts(narrow.orm, { reconcileMs: 1000 })).toBe(1);
  expect((await findPaymentCalls(narrow.orm, [1])).size).toBe(1);
  expect((await endCalls(narrow.orm, [{ id: 1, looks: 0 }])).size).toBe(1);
  const names = ['look at due checkouts', 'payment calls', 'end unanswered calls'];
  const prepared = await narrow.rows<{ name: string }>('select name from pg_prepared_statements');
  expect(prepared.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
  const isWanted = (read: string) => names.some((name) => read.startsWith(`${name}: `));
  expect((await wholeReads(narrow.orm)).filter(isWanted)).toEqual([]);
  // The audit after the tests would not find the commands of these rows.
  for (const table of ['outbox_call', 'checkout']) await narrow.rows(`delete from ${table}`);
  await narrow.stop();
});
