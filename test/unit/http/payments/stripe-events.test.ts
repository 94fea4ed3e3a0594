/** The reader of Stripe's events. */
import Stripe from 'stripe';
import { expect, test } from 'vitest';
import { SignatureInvalid } from '../../../../src/http/payments/events.ts';
import { stripeEvents } from '../../../../src/http/payments/stripe-events.ts';

const SECRET = 'whsec_of_the_tests';
const NOW = Date.parse('2026-11-28T12:00:00Z');
const KEY = 'checkout-7-0198c3f0-0000-7000-8000-000000000000';
const reader = stripeEvents(SECRET);

const session = {
  id: 'cs_test_1',
  object: 'checkout.session',
  status: 'complete',
  payment_status: 'paid',
  amount_total: 24_000,
  currency: 'krw',
  metadata: { checkoutId: '7', key: KEY },
  payment_intent: 'pi_1',
};
const refund = {
  id: 're_1',
  object: 'refund',
  status: 'failed',
  failure_reason: 'lost_or_stolen_card',
  metadata: { checkoutId: '7', key: 'refund-7-x-2', refundId: '3', attempt: '2' },
};
const bodyOf = (type: string, object: object) =>
  JSON.stringify({ id: 'evt_1', object: 'event', type, data: { object } });

/** Signed by Stripe's own library. */
function headersOf(payload: string, secret = SECRET, now = NOW): Headers {
  const timestamp = now / 1000;
  const header = Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
  return new Headers({ 'Stripe-Signature': header });
}
const read = (type: string, object: object) => {
  const body = bodyOf(type, object);
  return reader.readEvent(body, headersOf(body), NOW);
};

test('a session that was paid is read', () => {
  expect(read('checkout.session.completed', session)).toEqual({
    about: 'checkout',
    id: 'evt_1',
    key: KEY,
    checkoutId: 7,
    outcome: 'paid',
    ref: 'cs_test_1',
    amount: 24_000,
    currency: 'KRW',
  });
});

test('a session that has expired is read', () => {
  const expired = { ...session, status: 'expired', payment_status: 'unpaid' };
  expect(read('checkout.session.expired', expired)).toMatchObject({
    outcome: 'expired',
    checkoutId: 7,
  });
});

test('a completed session without money yet is ignored', () => {
  expect(read('checkout.session.completed', { ...session, payment_status: 'unpaid' })).toBe(
    'ignored',
  );
});

test.each(['refund.failed', 'refund.updated'])(
  'a refund that has failed is read from %s',
  (type) => {
    expect(read(type, refund)).toEqual({
      about: 'refund',
      id: 'evt_1',
      key: 'refund-7-x-2',
      checkoutId: 7,
      refundId: 3,
      attempt: 2,
      ref: 're_1',
      failure: 'lost_or_stolen_card',
    });
  },
);

test('a refund that was cancelled is read as failed', () => {
  const canceled = { ...refund, status: 'canceled', failure_reason: null };
  expect(read('refund.updated', canceled)).toMatchObject({ failure: 'canceled' });
});

test.each([
  ['a refund on its way', 'refund.updated', { ...refund, status: 'succeeded' }],
  ['a refund of the dashboard', 'refund.failed', { ...refund, metadata: {} }],
  ['a session of another system', 'checkout.session.completed', { ...session, metadata: {} }],
  ['a session of another system', 'checkout.session.completed', { ...session, metadata: null }],
  [
    'a wrong id',
    'checkout.session.completed',
    { ...session, metadata: { checkoutId: '7a', key: KEY } },
  ],
  ['another type', 'charge.succeeded', session],
])('%s is ignored: %s', (_what, type, object) => {
  expect(read(type, object)).toBe('ignored');
});

test('a signed body that is no event is ignored', () => {
  for (const body of ['{', '[]', '{"object":"v2.core.event","id":"evt_2","type":"x"}']) {
    expect(reader.readEvent(body, headersOf(body), NOW)).toBe('ignored');
  }
});

test('an event is refused with another secret, another body, an old time, or no signature', () => {
  const body = bodyOf('checkout.session.completed', session);
  const refused: [string, Headers][] = [
    [body, headersOf(body, 'whsec_other')],
    [body.replace('24000', '24001'), headersOf(body)],
    [body, headersOf(body, SECRET, NOW - 301_000)],
    [body, headersOf(body, SECRET, NOW + 301_000)],
    [body, new Headers()],
  ];
  for (const [text, headers] of refused) {
    expect(() => reader.readEvent(text, headers, NOW)).toThrow(SignatureInvalid);
  }
});

test('an event is accepted under the next secret beside the old one, while Stripe signs with both', () => {
  const body = bodyOf('checkout.session.completed', session);
  const old = headersOf(body, 'whsec_old').get('Stripe-Signature');
  const [, v1] = String(headersOf(body).get('Stripe-Signature')).split(',');
  const headers = new Headers({ 'Stripe-Signature': `${old},${v1}` });
  expect(reader.readEvent(body, headers, NOW)).not.toBe('ignored');
});
