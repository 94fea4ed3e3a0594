/** The adapter of Stripe against a fake that speaks Stripe's wire format. */
import { randomUUID } from 'node:crypto';
import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stripeEvents } from '../../../../../src/http/payments/stripe-events.ts';
import {
  CallRefused,
  type PageRequest,
  type RefundRequest,
} from '../../../../../workers/outbox/payments/provider.ts';
import { StripeProvider } from '../../../../../workers/outbox/payments/stripe.ts';
import {
  type FakeStripe,
  type SignedEvent,
  STRIPE_KEY,
  STRIPE_WEBHOOK_SECRET,
  startFakeStripe,
} from '../../../../support/stripe/fake-stripe.ts';
import { startStripe } from '../../../../support/stripe/under-test.ts';
import { thrownBy } from '../../../../support/thrown-by.ts';
import { testProvider } from '../provider-contract.ts';

testProvider('Stripe', startStripe);

const AMOUNT = 24_000;
const signal = new AbortController().signal;

let fake: FakeStripe;
let provider: StripeProvider;

beforeAll(async () => {
  fake = await startFakeStripe();
  provider = new StripeProvider({ secretKey: STRIPE_KEY, apiUrl: fake.url });
});
afterAll(() => fake.stop());

const pageOf = (fields: Partial<PageRequest> = {}): PageRequest => ({
  key: `checkout-7-${randomUUID()}`,
  checkoutId: 7,
  amount: AMOUNT,
  currency: 'KRW',
  returnUrl: 'http://localhost:8080/thanks?lang=ko#top',
  expiresAt: new Date(Date.now() + 600_000),
  what: 'Order 7',
  ...fields,
});
const open = (fields?: Partial<PageRequest>) => provider.open(pageOf(fields), signal);

async function paid(fields?: Partial<PageRequest>): Promise<string> {
  const { ref } = await open(fields);
  fake.pay(ref);
  return ref;
}

const refundOf = (ref: string, fields: Partial<RefundRequest> = {}): RefundRequest => {
  const { attempt = 1 } = fields;
  const key = `refund-7-${randomUUID()}-${attempt}`;
  return {
    key,
    ref,
    amount: 5000,
    currency: 'KRW',
    checkoutId: 7,
    refundId: 3,
    attempt,
    ...fields,
  };
};
const refundsOf = (ref: string) =>
  fake.refunds.filter((each) => each.payment_intent === fake.sessions.get(ref)?.intent?.id);

/** The same refund in its next attempt, as `refundKey` builds its key. */
const nextAttempt = ({ key, attempt, ...others }: RefundRequest): RefundRequest => ({
  ...others,
  key: key.replace(/\d+$/, String(attempt + 1)),
  attempt: attempt + 1,
});

describe('a page', () => {
  test('is a session of one item by card, in the currency and with the end of the checkout', async () => {
    const request = pageOf({ amount: 2500, currency: 'EUR' });
    const { ref, redirectUrl } = await provider.open(request, signal);
    expect(redirectUrl).toBe(`${fake.url}/c/pay/${ref}`);
    const back = 'http://localhost:8080/thanks?lang=ko&checkoutId=7#top';
    const metadata = { checkoutId: '7', key: request.key };
    expect(fake.sessions.get(ref)).toMatchObject({
      amount_total: 2500,
      currency: 'eur',
      client_reference_id: request.key,
      metadata,
      intentMetadata: metadata,
      product: 'Order 7',
      success_url: back,
      cancel_url: back,
      expires_at: Math.ceil(request.expiresAt.getTime() / 1000) + 31 * 60,
    });
  });

  test('leads back to the address of the shop, which stays as the shop wrote it', async () => {
    const shop = 'https://shop.example/thanks?basket=a%20b~c&guest';
    const { ref } = await open({ returnUrl: `${shop}#top` });
    const back = `${shop}&checkoutId=7#top`;
    expect(fake.sessions.get(ref)).toMatchObject({ success_url: back, cancel_url: back });
  });

  test('is the same one when it is asked for again later, although the time has passed', async () => {
    const request = pageOf();
    const first = await provider.open(request, signal);
    fake.passTime(90);
    expect(
      await provider.open({ ...request, expiresAt: new Date(request.expiresAt) }, signal),
    ).toEqual(first);
    expect(
      [...fake.sessions.values()].filter(({ metadata }) => metadata.key === request.key),
    ).toHaveLength(1);
  });

  test('whose answer was lost is the same one at the next try', async () => {
    const request = pageOf();
    fake.failNext('lost');
    await expect(provider.open(request, signal)).rejects.not.toBeInstanceOf(CallRefused);
    const { ref } = await provider.open(request, signal);
    expect(
      [...fake.sessions.values()].filter(({ metadata }) => metadata.key === request.key),
    ).toMatchObject([{ id: ref }]);
  });

  test('under a key of another request is an error to be tried again, and no refusal', async () => {
    const request = pageOf();
    await provider.open(request, signal);
    const error = await thrownBy(provider.open({ ...request, amount: AMOUNT + 1 }, signal));
    expect(error).not.toBeInstanceOf(CallRefused);
    expect(error).toMatchObject({ type: 'StripeIdempotencyError' });
  });

  test.each([
    ['amount', { amount: 100_000_000 }],
    ['amount', { amount: 10 }],
    ['currency', { currency: 'XXX' }],
  ])('with an impossible %s is refused for good, %j', async (_field, fields) => {
    await expect(open(fields)).rejects.toBeInstanceOf(CallRefused);
  });

  test.each([401, 403, 429, 409, 500, 503])(
    'is tried again after the status %i',
    async (status) => {
      fake.failNext({ status, error: { type: 'api_error', message: 'Not now.' } });
      await expect(open()).rejects.not.toBeInstanceOf(CallRefused);
    },
  );

  test('is asked for with the secret key', async () => {
    const other = new StripeProvider({ secretKey: 'sk_test_other', apiUrl: fake.url });
    const error = await thrownBy(other.open(pageOf(), signal));
    expect(error).toMatchObject({ type: 'StripeAuthenticationError' });
  });

  test('is not asked for after the signal', async () => {
    const before = fake.sessions.size;
    await expect(provider.open(pageOf(), AbortSignal.abort())).rejects.toThrow();
    expect(fake.sessions.size).toBe(before);
  });
});

describe('a payment', () => {
  test('is found as open, also after a declined card', async () => {
    const request = pageOf();
    const { ref } = await provider.open(request, signal);
    const found = { key: request.key, state: 'open', captured: 0, refunded: 0, currency: 'KRW' };
    expect(await provider.find(ref, signal)).toEqual(found);
    fake.decline(ref);
    expect(await provider.find(ref, signal)).toEqual(found);
  });

  test('is found as processing while the bank has not answered', async () => {
    const { ref } = await open();
    fake.confirm(ref);
    expect(await provider.find(ref, signal)).toMatchObject({ state: 'processing', captured: 0 });
  });

  test('is found as paid, with what was captured and refunded by anybody', async () => {
    const ref = await paid();
    expect(await provider.find(ref, signal)).toMatchObject({
      state: 'paid',
      captured: AMOUNT,
      refunded: 0,
    });
    await provider.refund(refundOf(ref), signal);
    fake.refundByHand(ref, 700);
    expect(await provider.find(ref, signal)).toMatchObject({ captured: AMOUNT, refunded: 5700 });
  });

  test('that Stripe does not know is refused', async () => {
    await expect(provider.find('cs_none', signal)).rejects.toBeInstanceOf(CallRefused);
    await expect(provider.expire('cs_none', signal)).rejects.toBeInstanceOf(CallRefused);
    await expect(provider.refund(refundOf('cs_none'), signal)).rejects.toBeInstanceOf(CallRefused);
  });
});

/** A refusal of a request that says nothing about the payment, such as of a version of the API that has ended. */
const OF_THE_REQUEST = {
  status: 400,
  error: { code: 'api_version_unsupported', message: 'Upgrade your version of the API.' },
};

test('a payment that Stripe does not show for another reason is asked about again', async () => {
  const ref = await paid();
  fake.failNextRead(OF_THE_REQUEST);
  await expect(provider.find(ref, signal)).rejects.not.toBeInstanceOf(CallRefused);
  fake.failNextRead(OF_THE_REQUEST);
  await expect(provider.expire(ref, signal)).rejects.not.toBeInstanceOf(CallRefused);
  expect(await provider.find(ref, signal)).toMatchObject({ state: 'paid' });
});

describe('expiring', () => {
  test('closes the page, and again is no error', async () => {
    const { ref } = await open();
    await provider.expire(ref, signal);
    await provider.expire(ref, signal);
    expect(await provider.find(ref, signal)).toMatchObject({ state: 'expired', captured: 0 });
    expect(() => fake.pay(ref)).toThrow();
  });

  test('leaves a paid session as it is, without an error', async () => {
    const ref = await paid();
    await provider.expire(ref, signal);
    expect(await provider.find(ref, signal)).toMatchObject({ state: 'paid', captured: AMOUNT });
  });

  test('is tried again while a payment is being confirmed', async () => {
    const { ref } = await open();
    fake.confirm(ref);
    await expect(provider.expire(ref, signal)).rejects.not.toBeInstanceOf(CallRefused);
  });
});

describe('a refund', () => {
  test('carries what a later event needs', async () => {
    const ref = await paid();
    const request = refundOf(ref);
    const { ref: refund } = await provider.refund(request, signal);
    expect(refundsOf(ref)).toMatchObject([
      {
        id: refund,
        amount: 5000,
        metadata: { checkoutId: '7', key: request.key, refundId: '3', attempt: '1' },
      },
    ]);
  });

  test('is made once, also by ten calls at once after the keys are forgotten', async () => {
    const ref = await paid();
    const request = refundOf(ref);
    const first = await provider.refund(request, signal);
    fake.forgetKeys();
    const calls = Array.from({ length: 10 }, () => provider.refund(request, signal));
    expect(new Set((await Promise.all(calls)).map((each) => each.ref))).toEqual(
      new Set([first.ref]),
    );
    expect(refundsOf(ref)).toHaveLength(1);
  });

  test('whose answer was lost is found by its next attempt', async () => {
    const ref = await paid();
    const request = refundOf(ref);
    fake.failNext('lost');
    await expect(provider.refund(request, signal)).rejects.not.toBeInstanceOf(CallRefused);
    const { ref: found } = await provider.refund(nextAttempt(request), signal);
    expect(refundsOf(ref)).toMatchObject([{ id: found }]);
  });

  test('of another refund with the same id, which a failover gave out again, is made', async () => {
    const ref = await paid();
    await provider.refund(refundOf(ref), signal);
    await provider.refund(refundOf(ref), signal);
    expect(refundsOf(ref)).toHaveLength(2);
  });

  test('is found among more than a hundred', async () => {
    const ref = await paid();
    const request = refundOf(ref);
    const first = await provider.refund(request, signal);
    for (let n = 0; n < 101; n += 1) fake.refundByHand(ref, 1);
    fake.forgetKeys();
    expect(await provider.refund(request, signal)).toEqual(first);
  });

  test('that waits for balance is done, and not made twice', async () => {
    const ref = await paid();
    fake.beginRefundsAs('pending');
    const request = refundOf(ref);
    const first = await provider.refund(request, signal);
    fake.beginRefundsAs('succeeded');
    fake.forgetKeys();
    expect(await provider.refund(request, signal)).toEqual(first);
    expect(refundsOf(ref)).toHaveLength(1);
  });

  test('that fails at once is refused, and its next attempt is made anew', async () => {
    const ref = await paid();
    fake.beginRefundsAs('failed', 'expired_or_canceled_card');
    const request = refundOf(ref);
    const failure = await thrownBy(provider.refund(request, signal));
    fake.beginRefundsAs('succeeded');
    expect(failure).toBeInstanceOf(CallRefused);
    expect(failure).toMatchObject({ message: 'expired_or_canceled_card' });
    fake.forgetKeys();
    await expect(provider.refund(request, signal)).rejects.toBeInstanceOf(CallRefused);
    await provider.refund(nextAttempt(request), signal);
    expect(refundsOf(ref).map(({ status }) => status)).toEqual(['failed', 'succeeded']);
  });

  test('that failed later is refused to the same attempt', async () => {
    const ref = await paid();
    const request = refundOf(ref);
    const { ref: id } = await provider.refund(request, signal);
    fake.failRefund(id, 'lost_or_stolen_card');
    await expect(provider.refund(request, signal)).rejects.toBeInstanceOf(CallRefused);
    expect(refundsOf(ref)).toHaveLength(1);
  });

  test('of more than was captured, or of nothing, is refused', async () => {
    const ref = await paid();
    await expect(
      provider.refund(refundOf(ref, { amount: AMOUNT + 1 }), signal),
    ).rejects.toBeInstanceOf(CallRefused);
    const { ref: unpaid } = await open();
    await expect(provider.refund(refundOf(unpaid), signal)).rejects.toBeInstanceOf(CallRefused);
  });

  test('for which the balance does not suffice at all is tried again', async () => {
    const ref = await paid();
    fake.failNext({
      status: 400,
      error: { code: 'balance_insufficient', message: 'Insufficient funds.' },
    });
    await expect(provider.refund(refundOf(ref), signal)).rejects.not.toBeInstanceOf(CallRefused);
  });
});

describe('the events of what the adapter has made', () => {
  /** Also Stripe's library accepts how the fake signs. */
  function read({ body, headers }: SignedEvent) {
    const header = headers.get('Stripe-Signature') ?? '';
    Stripe.webhooks.constructEvent(body, header, STRIPE_WEBHOOK_SECRET);
    return stripeEvents(STRIPE_WEBHOOK_SECRET).readEvent(body, headers, Date.now());
  }

  test('name the checkout, its key and the amount', async () => {
    const request = pageOf();
    const { ref } = await provider.open(request, signal);
    fake.pay(ref);
    expect(read(fake.sessionEvent('completed', ref))).toMatchObject({
      ...{ about: 'checkout', checkoutId: 7, key: request.key, outcome: 'paid', ref },
      ...{ amount: AMOUNT, currency: 'KRW' },
    });
  });

  test('tell that a page was closed', async () => {
    const request = pageOf();
    const { ref } = await provider.open(request, signal);
    await provider.expire(ref, signal);
    const event = read(fake.sessionEvent('expired', ref));
    expect(event).toMatchObject({ outcome: 'expired', key: request.key, ref });
  });

  test('name the refund and the attempt that has failed', async () => {
    const ref = await paid();
    const request = refundOf(ref, { attempt: 2 });
    const { ref: id } = await provider.refund(request, signal);
    expect(read(fake.failRefund(id, 'lost_or_stolen_card'))).toMatchObject({
      ...{ about: 'refund', checkoutId: 7, refundId: 3, attempt: 2, key: request.key },
      failure: 'lost_or_stolen_card',
    });
  });
});
