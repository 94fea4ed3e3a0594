/** The providers that the settings turn on are those whose events the API reads, and those that workers call. */
import { expect, test } from 'vitest';
import type { PaymentConfig } from '../../../../src/config/payment-config.ts';
import { readersOf } from '../../../../src/http/payments/readers.ts';
import { providersOf } from '../../../../workers/outbox/payments/providers.ts';

type Providers = Pick<PaymentConfig, 'sandbox' | 'stripe'>;

const sandbox = { url: 'http://localhost:9', secret: 'x'.repeat(32) };
const stripe = { secretKey: 'sk_test_1', webhookSecret: 'whsec_1', apiUrl: undefined };

test.each<[string[], Providers]>([
  [[], { sandbox: undefined, stripe: undefined }],
  [['sandbox'], { sandbox, stripe: undefined }],
  [['stripe'], { sandbox: undefined, stripe }],
  [['sandbox', 'stripe'], { sandbox, stripe }],
])('%j', (names, settings) => {
  expect([...readersOf(settings).keys()]).toEqual(names);
  expect([...providersOf(settings).keys()]).toEqual(names);
});
