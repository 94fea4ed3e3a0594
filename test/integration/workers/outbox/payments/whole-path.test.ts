/** Card payments from their begin to their refund: the commands, the calls between them, and the sandbox. All its events are lost. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { SettledCheckout } from '../../../../../src/commands/money/settle-checkout.ts';
import type {
  CardRefundResource,
  CheckoutResource,
} from '../../../../../src/commands/schemas/checkouts.ts';
import { orderState } from '../../../../support/orders.ts';
import { PaymentScene, SHOP_URL, SUBJECT } from '../../../../support/sandbox/payment-scene.ts';

let scene: PaymentScene;
beforeAll(async () => {
  scene = await PaymentScene.open();
});
// The rows stay, so that the audit after the tests finds them.
afterEach(() => scene.closeCalls());
afterAll(() => scene.stop());

const BEGIN = { returnUrl: SHOP_URL, provider: 'sandbox' };

/** Begins to pay an order by card, and opens the page. */
async function opened(order: { id: number }) {
  const input = { orderId: order.id, ...BEGIN };
  const command = scene.lane.command('start-checkout', { ...(await scene.buyer()), input });
  expect(await scene.lane.result(command)).toMatchObject({ orderId: order.id, state: 'opening' });
  await scene.offer();
  return pageOf(await scene.applied<CheckoutResource>());
}

function pageOf(checkout: CheckoutResource) {
  expect(checkout.state).toBe('open');
  const redirectUrl = checkout.redirectUrl ?? '';
  return { ...checkout, redirectUrl, ref: redirectUrl.split('/').at(-1) ?? '' };
}

const pay = (redirectUrl: string) => scene.sandbox.client.act(redirectUrl, 'pay');

/** Has the provider asked at once, as the timer does after RECONCILE_SECONDS, and applies its answer. */
async function looked(): Promise<SettledCheckout> {
  await scene.lane.rows('update checkout set look_at = now() where look_at is not null');
  await scene.look();
  await scene.offer();
  return scene.applied<SettledCheckout>();
}

async function refunded(): Promise<CardRefundResource> {
  await scene.offer();
  return scene.applied<CardRefundResource>();
}

const stateOf = async (checkoutId: number) =>
  (
    await scene.lane.rows<{ line: string }>(
      `select state || ': ' || captured || ' captured, ' || refunding || ' refunding, ' || refunded || ' refunded' as line
       from checkout where id = ${checkoutId}`,
    )
  )[0]?.line;

const balance = async () => {
  const [row] = await scene.lane.rows<{ balance: string }>(
    `select balance from points join app_user on app_user.id = user_id where subject = '${SUBJECT}'`,
  );
  return Number(row?.balance ?? 0);
};

test('an order is paid by card, cancelled, and refunded to the card', async () => {
  scene.start();
  const order = await scene.order();
  const { id, ref, redirectUrl } = await opened(order);
  await pay(redirectUrl);
  expect(await looked()).toMatchObject({
    checkout: { id, state: 'paid' },
    order: { id: order.id, state: 'paid' },
  });
  expect(await orderState(scene.lane, order.id)).toBe('paid: paid sold');
  expect(await balance()).toBe(0);
  await scene.cancel(order.id);
  expect(await stateOf(id)).toBe('refunding: 100 captured, 100 refunding, 0 refunded');
  expect(await balance()).toBe(0);
  expect(await refunded()).toMatchObject({ checkoutId: id, state: 'done', amount: 100 });
  expect(await stateOf(id)).toBe('refunded: 100 captured, 0 refunding, 100 refunded');
  expect(await scene.sandbox.client.find(ref)).toMatchObject({ captured: 100, refunded: 100 });
  expect(await scene.owed()).toEqual([]);
});

test('money that comes after the order was cancelled goes back to the card', async () => {
  scene.start();
  const order = await scene.order();
  const { id, ref, redirectUrl } = await opened(order);
  await pay(redirectUrl);
  await scene.cancel(order.id);
  expect(await looked()).toMatchObject({ checkout: { id, state: 'refunding' }, order: null });
  expect(await refunded()).toMatchObject({ checkoutId: id, state: 'done' });
  expect(await stateOf(id)).toBe('refunded: 100 captured, 0 refunding, 100 refunded');
  expect(await scene.sandbox.client.find(ref)).toMatchObject({ captured: 100, refunded: 100 });
  expect(await balance()).toBe(0);
});

test('a page that opens after its order was cancelled is closed', async () => {
  scene.start();
  const order = await scene.order();
  const input = { orderId: order.id, ...BEGIN };
  const begin = scene.lane.command('start-checkout', { ...(await scene.buyer()), input });
  const { id } = await scene.lane.result<CheckoutResource>(begin);
  await scene.offer();
  const answer = await scene.answer();
  await scene.cancel(order.id);
  expect(await scene.look()).toBe(0);
  const page = await scene.lane.result<CheckoutResource>(scene.inLane(answer));
  expect(await scene.look()).toBe(1);
  await scene.offer();
  expect(await scene.applied()).toMatchObject({ checkout: { id, state: 'expired' } });
  await pay(page.redirectUrl ?? '');
  expect(await scene.journal(id)).toEqual(['opened', 'expired']);
  expect(await scene.owed()).toEqual([]);
});

test('a refund that the provider refuses is owed until an operator has it tried again', async () => {
  scene.start();
  const order = await scene.order();
  const { id, ref, redirectUrl } = await opened(order);
  await pay(redirectUrl);
  await looked();
  await scene.sandbox.client.post('/v1/faults', { refusedRefundShare: 1 });
  await scene.cancel(order.id);
  const { id: refundId, ...failed } = await refunded();
  expect(failed).toMatchObject({ state: 'failed', attempt: 1, failure: 'CARD_CLOSED' });
  expect(await stateOf(id)).toBe('refunding: 100 captured, 100 refunding, 0 refunded');
  expect(await scene.owed()).toEqual([]);
  await scene.sandbox.client.post('/v1/faults', {});
  const retry = scene.lane.command('retry-refund', { subject: 'operator', input: { refundId } });
  expect(await scene.lane.result(retry)).toMatchObject({ state: 'pending', attempt: 2 });
  expect(await refunded()).toMatchObject({ id: refundId, state: 'done', attempt: 2 });
  expect(await scene.sandbox.client.find(ref)).toMatchObject({ refunded: 100 });
});

test('points are bought by card', async () => {
  scene.start();
  await scene.buyer();
  const before = await balance();
  const input = { amount: 5000, ...BEGIN };
  const begin = scene.lane.command('start-top-up', { subject: SUBJECT, input });
  expect(await scene.lane.result(begin)).toMatchObject({ orderId: null, state: 'opening' });
  await scene.offer();
  const { id, redirectUrl } = pageOf(await scene.applied<CheckoutResource>());
  await pay(redirectUrl);
  expect(await looked()).toMatchObject({ checkout: { id, state: 'credited' }, order: null });
  expect(await balance()).toBe(before + 5000);
});
