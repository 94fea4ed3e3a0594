/** The settings of card payments: what is accepted, what stops the start, and what causes a warning. */
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig } from '../../../src/config/config.ts';

const random = () => randomBytes(24).toString('base64url');
const good = {
  DATABASE_URL: 'postgres://seatlane@localhost/seatlane',
  REDIS_URL: 'redis://localhost',
  JWT_SECRET: random(),
  ADMIN_PASSWORD: random(),
  TICKET_SECRETS: random(),
};
const SANDBOX = {
  SANDBOX_URL: 'http://localhost:3100',
  SANDBOX_SECRET: random(),
  RETURN_ORIGINS: 'http://localhost:*',
};
const STRIPE = {
  STRIPE_SECRET_KEY: 'sk_test_1',
  STRIPE_WEBHOOK_SECRET: `whsec_${random()}`,
  RETURN_ORIGINS: 'https://shop.example',
};

const LIVE = { ...STRIPE, NODE_ENV: 'production', STRIPE_SECRET_KEY: 'sk_live_1' };

const read = (settings: Record<string, string>) => readConfig({ ...good, ...settings });
function sentencesOf(settings: Record<string, string>): readonly string[] {
  try {
    read(settings);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.sentences;
    throw error;
  }
}

test('both providers can be read', () => {
  expect(read(SANDBOX).config.payments.sandbox).toEqual({
    url: SANDBOX.SANDBOX_URL,
    secret: SANDBOX.SANDBOX_SECRET,
  });
  expect(read(STRIPE).config.payments.stripe).toEqual({
    secretKey: 'sk_test_1',
    webhookSecret: STRIPE.STRIPE_WEBHOOK_SECRET,
    apiUrl: undefined,
  });
});

test('origins are separated by commas, and may be any port of this machine', () => {
  const { payments } = read({ RETURN_ORIGINS: 'https://shop.example, http://localhost:*' }).config;
  expect(payments.returnOrigins).toEqual(['https://shop.example', 'http://localhost:*']);
});

test.each([
  ['CURRENCY', 'krw'],
  ['CURRENCY', 'EURO'],
  ['CHECKOUT_SECONDS', '59'],
  ['CHECKOUT_SECONDS', '3601'],
  ['RECONCILE_SECONDS', '4'],
  ['RECONCILE_SECONDS', '3601'],
  ['LATE_PAYMENT', 'drop'],
  ['RETURN_ORIGINS', '*'],
  ['RETURN_ORIGINS', 'https://shop.example/'],
  ['RETURN_ORIGINS', 'https://shop.example:*'],
  ['RETURN_ORIGINS', 'http://127.0.0.1:*'],
  ['OPEN_CHARGING', 'maybe'],
  ['SANDBOX_URL', 'http://localhost:3100/'],
  ['SANDBOX_SECRET', 'too short'],
  ['STRIPE_WEBHOOK_SECRET', 'whsec_1'],
  ['STRIPE_WEBHOOK_SECRET', 'a-secret-of-another-kind'],
  ['STRIPE_API_URL', 'localhost:12111'],
])('%s = %s stops the start with one sentence that names it', (name, value) => {
  expect(sentencesOf({ [name]: value })).toEqual([expect.stringMatching(new RegExp(`^${name}: `))]);
});

describe('settings that contradict each other', () => {
  test.each<[string, Record<string, string>, RegExp]>([
    [
      'a sandbox without a secret',
      { ...SANDBOX, SANDBOX_SECRET: '' },
      /^SANDBOX_SECRET is missing/,
    ],
    ['half of Stripe', { ...STRIPE, STRIPE_WEBHOOK_SECRET: '' }, /^Only one of STRIPE_/],
    ['the other half of Stripe', { ...STRIPE, STRIPE_SECRET_KEY: '' }, /^Only one of STRIPE_/],
    ['the sandbox beside Stripe', { ...SANDBOX, ...STRIPE }, /^SANDBOX_URL is set together/],
    [
      'points without money in production',
      { NODE_ENV: 'production', OPEN_CHARGING: 'on' },
      /^OPEN_CHARGING .*production/,
    ],
    [
      'the sandbox in production',
      { NODE_ENV: 'production', ...SANDBOX },
      /^SANDBOX_URL .*production/,
    ],
    [
      'a test key in production',
      { ...LIVE, STRIPE_SECRET_KEY: 'sk_test_1' },
      /^STRIPE_SECRET_KEY .*production/,
    ],
    [
      'a restricted test key in production',
      { ...LIVE, STRIPE_SECRET_KEY: 'rk_test_1' },
      /^STRIPE_SECRET_KEY .*production/,
    ],
    [
      'another address than that of Stripe in production',
      { ...LIVE, STRIPE_API_URL: 'http://localhost:12111' },
      /^STRIPE_API_URL .*production/,
    ],
    [
      'a placeholder for the signing secret in production',
      { ...LIVE, STRIPE_WEBHOOK_SECRET: 'whsec_change_me_change_me' },
      /^STRIPE_WEBHOOK_SECRET .*production/,
    ],
  ])('%s stops the start', (_what, settings, sentence) => {
    expect(sentencesOf(settings)).toEqual([expect.stringMatching(sentence)]);
  });

  test('the sandbox beside a fake of Stripe is accepted, for tests', () => {
    const fake = { STRIPE_API_URL: 'http://localhost:12111' };
    expect(sentencesOf({ ...SANDBOX, ...STRIPE, ...fake })).toEqual([]);
  });

  test('Stripe in production is accepted', () => {
    expect(sentencesOf(LIVE)).toEqual([]);
  });
});

describe('probable mistakes', () => {
  const none = { RETURN_ORIGINS: '' };

  test.each<[Record<string, string>, RegExp]>([
    [{ OPEN_CHARGING: 'on' }, /^OPEN_CHARGING is on/],
    [SANDBOX, /^SANDBOX_URL is set/],
    [{ ...SANDBOX, ...none, EMBEDDED: 'on' }, /^RETURN_ORIGINS is not set/],
    [{ ...STRIPE, ...none }, /^RETURN_ORIGINS is not set/],
  ])('%j causes a warning', (settings, warning) => {
    expect(read(settings).warnings).toEqual([expect.stringMatching(warning)]);
  });

  test('a complete provider causes none', () => {
    expect(read({ ...SANDBOX, EMBEDDED: 'on' }).warnings).toEqual([]);
    expect(read(STRIPE).warnings).toEqual([]);
  });
});
