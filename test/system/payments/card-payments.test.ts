/** Card payments from the order to the tickets, with the sandbox as the provider: pages, events, refunds. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Checkout, Schedule, Seat, SeatlaneOperator } from '../../../src/client/index.ts';
import { endHolds } from '../../support/end-holds.ts';
import { admittedOf, userOf } from '../../support/http/sdk.ts';
import type { SandboxClient } from '../../support/sandbox/sandbox.ts';
import { type SandboxedSeatlane, startWithSandbox } from '../../support/sandbox/with-sandbox.ts';
import type { TestSeatlane } from '../../support/services/seatlane.ts';
import { waitFor } from '../../support/wait-for.ts';

const PRICE = 100;
const PAYMENT = { returnUrl: 'http://localhost:8080/thanks?lang=ko' };

let sandboxed: SandboxedSeatlane;
let seatlane: TestSeatlane;
let provider: SandboxClient;
let schedule: Schedule & { seats: Seat[] };
let seats: Seat[];

beforeAll(async () => {
  // A lost event is found soon.
  sandboxed = await startWithSandbox({ RECONCILE_SECONDS: '5' });
  ({ seatlane, provider } = sandboxed);
  schedule = await seatlane.client.schedule({
    seats: [{ section: 'Stalls', row: 'A', from: 1, to: 40, price: PRICE }],
  });
  seats = [...schedule.seats];
});
afterAll(() => sandboxed.stop());

async function aHeldOrder(subject: string, places = 2) {
  const user = await admittedOf(seatlane.client.base, subject);
  const seatIds = seats.splice(0, places).map(({ id }) => id);
  return { user, order: await user.order({ scheduleId: schedule.id, seatIds }) };
}

async function anOpenCheckout(subject: string, places?: number) {
  const { user, order } = await aHeldOrder(subject, places);
  const checkout = await user.checkoutOrder(order, PAYMENT);
  expect(checkout).toMatchObject({ orderId: order.id, state: 'open', amount: order.total });
  return { user, order, checkout, page: checkout.redirectUrl as string };
}

const untilState = (user: SeatlaneOperator, id: number, ...states: Checkout['state'][]) =>
  waitFor(`checkout ${id} is ${states.join(' or ')}`, async () => {
    const checkout = await user.checkout(id);
    return states.includes(checkout.state) && checkout;
  });
const balanceOf = async (user: SeatlaneOperator) => (await user.points()).balance;
const refOf = (page: string) => page.split('/').at(-1) as string;
const faults = (body: object) => provider.post('/v1/faults', body);

test('a buyer pays an order by card and gets tickets', async () => {
  const { user, order, checkout, page } = await anOpenCheckout('ada');
  const held = await user.orderById(order.id);
  expect(held.holdExpiresAt).toBe(checkout.expiresAt);
  expect(Date.parse(held.holdExpiresAt)).toBeGreaterThan(Date.parse(order.holdExpiresAt));
  const { status, location } = await provider.act(page, 'pay');
  expect([status, location]).toEqual([303, `${PAYMENT.returnUrl}&checkoutId=${checkout.id}`]);
  await untilState(user, checkout.id, 'paid');
  expect(await user.orderById(order.id)).toMatchObject({
    state: 'paid',
    paidAt: expect.any(String),
  });
  expect(await user.tickets(order.id)).toMatchObject([{ state: 'valid' }, { state: 'valid' }]);
  expect(await balanceOf(user)).toBe(0);
  const { items } = await user.pointHistory();
  expect(items.map(({ kind, amount }) => [kind, amount])).toEqual([
    ['use', order.total],
    ['charge', order.total],
  ]);
  expect(await user.queue()).toBeUndefined();
});

test('a buyer who confirms the 3-D Secure step has paid', async () => {
  const { user, order, checkout, page } = await anOpenCheckout('bea');
  expect((await provider.act(page, 'challenge')).actions).toEqual(['confirm', 'fail']);
  expect(await user.checkout(checkout.id)).toMatchObject({ state: 'open' });
  await provider.act(page, 'confirm');
  await untilState(user, checkout.id, 'paid');
  expect(await user.orderById(order.id)).toMatchObject({ state: 'paid' });
});

test('after a decline nothing is charged, and another checkout pays', async () => {
  const { user, order, checkout, page } = await anOpenCheckout('cleo');
  await provider.act(page, 'decline');
  await untilState(user, checkout.id, 'failed');
  expect(await user.orderById(order.id)).toMatchObject({ state: 'held' });
  const second = await user.checkoutOrder(order, PAYMENT);
  expect(second.id).not.toBe(checkout.id);
  await provider.act(second.redirectUrl as string, 'pay');
  await untilState(user, second.id, 'paid');
  expect(await user.orderById(order.id)).toMatchObject({ state: 'paid' });
});

test('while a page is open another checkout of the order is refused, and names it', async () => {
  const { user, order, checkout, page } = await anOpenCheckout('dora');
  await expect(user.checkoutOrder(order, PAYMENT)).rejects.toMatchObject({
    code: 'CHECKOUT_OPEN',
    problem: { checkoutId: checkout.id },
  });
  await provider.act(page, 'pay');
  await untilState(user, checkout.id, 'paid');
});

test('a payment for seats that somebody else has taken goes back to the card', async () => {
  const { user, order, checkout, page } = await anOpenCheckout('eva');
  // The event waits until the hold is over and the seats are taken.
  await faults({ lostShare: 1 });
  await provider.act(page, 'pay');
  const past = `now() - interval '1 s'`;
  await endHolds(seatlane.rows, `id = ${order.id}`, { holdEnd: past, seatEnd: past });
  const other = await admittedOf(seatlane.client.base, 'fay');
  const seatIds = order.bookings.map(({ seatId }) => seatId as number);
  const taken = await waitFor('the seats are free', () =>
    other.order({ scheduleId: schedule.id, seatIds }).catch(() => undefined),
  );
  await faults({});
  // Nothing was told, so the provider is asked.
  await seatlane.rows(
    `update checkout set look_at = now() where id = ${checkout.id} and look_at is not null`,
  );
  await untilState(user, checkout.id, 'refunded');
  expect(await provider.find(refOf(page))).toMatchObject({
    captured: order.total,
    refunded: order.total,
  });
  expect(await balanceOf(user)).toBe(0);
  expect(await user.orderById(order.id)).toMatchObject({ state: 'expired' });
  expect(await other.orderById(taken.id)).toMatchObject({ state: 'held' });
});

test('the money of an order that was paid with points meanwhile goes back to the card', async () => {
  const { user, order, checkout, page } = await anOpenCheckout('gina');
  await user.charge(order.total);
  await faults({ delayMsMax: 1 });
  await provider.act(page, 'challenge');
  await user.pay(order);
  await provider.act(page, 'confirm');
  const { state } = await untilState(user, checkout.id, 'refunded', 'expired');
  const found = await provider.find(refOf(page));
  // The page may have been closed before the buyer confirmed.
  expect(found.captured - found.refunded).toBe(0);
  expect(found.captured).toBe(state === 'refunded' ? order.total : 0);
  expect(await balanceOf(user)).toBe(0);
  await faults({});
});

test('an order that was paid by card is refunded to the card', async () => {
  const { user, order, checkout, page } = await anOpenCheckout('hana');
  await provider.act(page, 'pay');
  await untilState(user, checkout.id, 'paid');
  await user.cancel(order.bookings[0]?.id as number);
  await waitFor('one place is refunded', async () => {
    return (await provider.find(refOf(page))).refunded === PRICE;
  });
  expect(await user.cancel(order)).toMatchObject({ state: 'refunded' });
  await untilState(user, checkout.id, 'refunded');
  expect(await provider.find(refOf(page))).toMatchObject({ refunded: order.total });
  expect(await balanceOf(user)).toBe(0);
});

test('an order that is cancelled while its page is open has the page closed', async () => {
  const { user, order, checkout, page } = await anOpenCheckout('ida');
  await user.cancel(order);
  await untilState(user, checkout.id, 'expired');
  expect((await provider.act(page, 'pay')).status).toBe(303);
  expect(await provider.find(refOf(page))).toMatchObject({ state: 'expired', captured: 0 });
});

test('a lost event is found', async () => {
  await faults({ lostShare: 1 });
  const { user, order, checkout, page } = await anOpenCheckout('jana');
  await provider.act(page, 'pay');
  await untilState(user, checkout.id, 'paid');
  expect(await user.orderById(order.id)).toMatchObject({ state: 'paid' });
  await faults({});
});

test('events that are repeated and out of order take effect once', async () => {
  await faults({ repeatedShare: 1, reordered: true });
  const buyers = await Promise.all(['kim', 'lena', 'mia'].map((name) => anOpenCheckout(name, 1)));
  await Promise.all(buyers.map(({ page }) => provider.act(page, 'pay')));
  for (const { user, order, checkout } of buyers) {
    await untilState(user, checkout.id, 'paid');
    const { items } = await user.pointHistory();
    expect(items).toHaveLength(2);
    expect(await user.orderById(order.id)).toMatchObject({ state: 'paid' });
  }
  await faults({});
});

test('points are bought by card', async () => {
  const user = userOf(seatlane.client.base, 'nora');
  const checkout = await user.topUp(5000, PAYMENT);
  expect(checkout).toMatchObject({ orderId: null, amount: 5000, state: 'open' });
  await provider.act(checkout.redirectUrl as string, 'pay');
  await untilState(user, checkout.id, 'credited');
  expect(await balanceOf(user)).toBe(5000);
});

test('a provider that is down for a moment delays the page', async () => {
  const { user, order } = await aHeldOrder('olga');
  await faults({ downMs: 1500 });
  const checkout = await user.checkoutOrder(order, PAYMENT);
  expect(checkout).toMatchObject({ state: 'open' });
  await provider.act(checkout.redirectUrl as string, 'pay');
  await untilState(user, checkout.id, 'paid');
});

test('the journal of the provider and the database agree on each payment', async () => {
  const rows = await seatlane.rows<{ ref: string; captured: string; refunded: string }>(
    'select provider_ref as ref, captured, refunded from checkout',
  );
  expect(rows.length).toBeGreaterThan(10);
  for (const { ref, captured, refunded } of rows) {
    const found = await provider.find(ref);
    expect([found.captured, found.refunded], ref).toEqual([Number(captured), Number(refunded)]);
  }
  expect(sandboxed.reports).toEqual([]);
});
