/** Card payments with Stripe as the provider, from the order to the refund, against a fake Stripe: calls of workers, and signed events over HTTP. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Checkout, Schedule, Seat, SeatlaneOperator } from '../../../src/client/index.ts';
import { admittedOf } from '../../support/http/sdk.ts';
import { startSeatlane, type TestSeatlane } from '../../support/services/seatlane.ts';
import {
  type FakeStripe,
  type SignedEvent,
  STRIPE_KEY,
  STRIPE_WEBHOOK_SECRET,
  startFakeStripe,
} from '../../support/stripe/fake-stripe.ts';
import { waitFor } from '../../support/wait-for.ts';

const PRICE = 12_000;
const PAYMENT = { returnUrl: 'http://localhost:8080/thanks?lang=ko' };

let stripe: FakeStripe;
let seatlane: TestSeatlane;
let schedule: Schedule & { seats: Seat[] };
let seats: Seat[];

beforeAll(async () => {
  stripe = await startFakeStripe();
  seatlane = await startSeatlane({
    settings: {
      STRIPE_SECRET_KEY: STRIPE_KEY,
      STRIPE_WEBHOOK_SECRET,
      STRIPE_API_URL: stripe.url,
      RETURN_ORIGINS: 'http://localhost:*',
      // A lost event is found soon.
      RECONCILE_SECONDS: '5',
    },
  });
  schedule = await seatlane.client.schedule({
    seats: [{ section: 'Stalls', row: 'A', from: 1, to: 40, price: PRICE }],
  });
  seats = [...schedule.seats];
});
afterAll(async () => {
  await seatlane.stop();
  stripe.stop();
});

async function anOpenCheckout(subject: string) {
  const user = await admittedOf(seatlane.client.base, subject);
  const seatIds = seats.splice(0, 2).map(({ id }) => id);
  const order = await user.order({ scheduleId: schedule.id, seatIds });
  const checkout = await user.checkoutOrder(order, PAYMENT);
  expect(checkout).toMatchObject({ provider: 'stripe', state: 'open', amount: 2 * PRICE });
  const ref = (checkout.redirectUrl as string).split('/').at(-1) as string;
  return { user, order, checkout, ref };
}

/** Sends an event as Stripe does. @returns the status of the answer */
async function send({ body, headers }: SignedEvent): Promise<number> {
  const url = `${seatlane.client.base}/payments/stripe/events`;
  const sent = { 'Content-Type': 'application/json', ...Object.fromEntries(headers) };
  return (await fetch(url, { method: 'POST', headers: sent, body })).status;
}

const untilState = (user: SeatlaneOperator, { id }: Checkout, state: Checkout['state']) =>
  waitFor(`checkout ${id} is ${state}`, async () => (await user.checkout(id)).state === state);

async function aPaidOrder(subject: string) {
  const made = await anOpenCheckout(subject);
  stripe.pay(made.ref);
  const event = stripe.sessionEvent('completed', made.ref);
  expect(await send(event)).toBe(200);
  expect(await send(event)).toBe(200);
  await untilState(made.user, made.checkout, 'paid');
  return made;
}

const refundsOf = (ref: string) =>
  stripe.refunds.filter((each) => each.payment_intent === stripe.sessions.get(ref)?.intent?.id);

test('an order is paid by an event, and refunded to the card', async () => {
  const { user, order, checkout, ref } = await aPaidOrder('ada');
  expect(await user.orderById(order.id)).toMatchObject({ state: 'paid' });
  await user.cancel(order);
  await untilState(user, checkout, 'refunded');
  expect(refundsOf(ref)).toMatchObject([{ amount: 2 * PRICE, status: 'succeeded' }]);
  expect((await user.points()).balance).toBe(0);
});

test('a payment whose event was lost is found', async () => {
  const { user, order, checkout, ref } = await anOpenCheckout('bea');
  stripe.pay(ref);
  await untilState(user, checkout, 'paid');
  expect(await user.orderById(order.id)).toMatchObject({ state: 'paid' });
});

test('a page is closed when its order is cancelled', async () => {
  const { user, order, checkout, ref } = await anOpenCheckout('cleo');
  await user.cancel(order);
  await untilState(user, checkout, 'expired');
  expect(stripe.sessions.get(ref)?.status).toBe('expired');
  expect(await send(stripe.sessionEvent('expired', ref))).toBe(200);
});

test('a refund that fails days later is owed again', async () => {
  const { user, order, checkout, ref } = await aPaidOrder('dora');
  await user.cancel(order);
  await untilState(user, checkout, 'refunded');
  const [refund] = refundsOf(ref);
  expect(await send(stripe.failRefund(String(refund?.id), 'lost_or_stolen_card'))).toBe(200);
  await untilState(user, checkout, 'refunding');
  const rows = await seatlane.rows(
    `select state, failure, attempt from card_refund where checkout_id = ${checkout.id}`,
  );
  expect(rows).toEqual([{ state: 'failed', failure: 'lost_or_stolen_card', attempt: 1 }]);
});

test('an event that Stripe has not signed changes nothing', async () => {
  const { user, checkout, ref } = await anOpenCheckout('emma');
  const { body, headers } = stripe.sessionEvent('completed', ref);
  expect(await send({ body: body.replace('unpaid', 'paid'), headers })).toBe(400);
  expect((await user.checkout(checkout.id)).state).toBe('open');
});
