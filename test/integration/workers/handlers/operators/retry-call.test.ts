/** Having a dead call to a payment provider made now, through `runBatch`. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  expectNothingBehind,
  expectOneEffect,
  expectRefusal,
} from '../../../../support/handler-promises.ts';
import { type Checkouts, callsFor, checkoutsOf } from '../../../../support/money/checkouts.ts';
import { openTestLane, type TestLane } from '../../../../support/services/test-lane.ts';

let lane: TestLane;
let checkouts: Checkouts;
beforeAll(async () => {
  lane = await openTestLane();
  checkouts = checkoutsOf(lane);
});
afterAll(() => lane.stop());

/** The call that opens a page, offered so often. @returns its id, and the checkout */
async function aCall(subject: string, offers: number) {
  const checkout = await checkouts.known(await lane.result(checkouts.topUp(subject, 700)));
  const [row] = await lane.rows<{ id: number }>(
    `update outbox_call set offers = ${offers}, next_at = now() + interval '20 min'
     where checkout_id = ${checkout.id} returning id::int`,
  );
  return { id: row?.id ?? 0, checkout };
}
const retry = (callId: number) =>
  lane.command('retry-call', { subject: 'operator', input: { callId } });
const isDue = async (callId: number) => {
  const due = `select next_at <= now() as "isDue" from outbox_call where id = ${callId}`;
  return (await lane.rows<{ isDue: boolean }>(due))[0]?.isDue;
};

test('succeeds: a dead call is due now, and the log says how it was', async () => {
  const { id, checkout } = await aCall('ada', 10);
  const result = await lane.result<{ nextAt: string }>(retry(id));
  expect(result).toMatchObject({ id, kind: 'open', checkoutId: checkout.id, offers: 10 });
  expect(result).toMatchObject({ orderId: null, refundId: null, isDead: true });
  expect(await isDue(id)).toBe(true);
  const [line] = await lane.rows<{ before: typeof result; after: object; orderId: null }>(
    `select before, after, order_id as "orderId" from operator_log where command = 'retry-call'`,
  );
  expect(line).toMatchObject({ after: result, orderId: null, before: { id } });
  expect(Date.parse(line?.before.nextAt ?? '')).toBeGreaterThan(Date.parse(result.nextAt));
});

test('a call that is due already stays due', async () => {
  const { id } = await aCall('bea', 12);
  await lane.rows(`update outbox_call set next_at = now() - interval '1 min' where id = ${id}`);
  await lane.result(retry(id));
  expect(await isDue(id)).toBe(true);
});

test('refuses a call that does not exist, and one that is not dead', async () => {
  await expectRefusal(lane, retry(999_999), { code: 'CALL_NOT_FOUND' });
  const { id, checkout } = await aCall('cleo', 9);
  await expectRefusal(lane, retry(id), { code: 'CALL_NOT_DEAD' });
  expect(await isDue(id)).toBe(false);
  expect(await callsFor(lane, checkout)).toEqual(['open']);
});

test('runs twice with one effect', async () => {
  const { id } = await aCall('dora', 10);
  await expectOneEffect(lane, retry(id));
});

test('leaves nothing behind when a statement fails midway', async () => {
  const { id } = await aCall('emma', 10);
  await expectNothingBehind(lane, retry(id), 'insert on operator_log');
  expect(await isDue(id)).toBe(false);
});
