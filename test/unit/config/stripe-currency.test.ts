/** The currencies with which the start stops while Stripe is a provider. */
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { formatAmount } from '../../../scripts/sandbox/page.ts';
import { ConfigError, readConfig } from '../../../src/config/config.ts';

const random = () => randomBytes(24).toString('base64url');
const good = {
  DATABASE_URL: 'postgres://seatlane@localhost/seatlane',
  REDIS_URL: 'redis://localhost',
  JWT_SECRET: random(),
  RETURN_ORIGINS: 'https://shop.example',
};
const STRIPE = { STRIPE_SECRET_KEY: 'sk_test_1', STRIPE_WEBHOOK_SECRET: `whsec_${random()}` };

function sentencesOf(settings: Record<string, string>): readonly string[] {
  try {
    readConfig({ ...good, ...settings });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.sentences;
    throw error;
  }
}

/** 120,000 minor units as pages show them. */
const shown = (currency: string) =>
  Number(formatAmount(120_000, currency).replaceAll(/[^\d.]/g, ''));

test.each([
  ...['AFN', 'ALL', 'COP', 'HUF', 'IDR', 'IQD', 'ISK', 'LAK', 'LBP', 'MMK', 'PKR', 'SOS', 'UGX'],
  'YER',
])(
  '%s, which pages show without decimals and Stripe counts in hundredths, stops the start',
  (CURRENCY) => {
    expect(shown(CURRENCY)).toBe(120_000);
    expect(sentencesOf({ ...STRIPE, CURRENCY })).toEqual([
      `STRIPE_SECRET_KEY is set with CURRENCY=${CURRENCY}: Stripe counts that currency with 2 decimal digits and pages show it with 0, so buyers would pay another amount than they see.`,
    ]);
  },
);

test('LYD, which pages show with three decimals and Stripe counts in hundredths, stops the start', () => {
  expect(sentencesOf({ ...STRIPE, CURRENCY: 'LYD' })).toEqual([
    expect.stringMatching(/^STRIPE_SECRET_KEY .*CURRENCY=LYD: .* 2 decimal digits .* with 3,/),
  ]);
});

test.each(['BHD', 'JOD', 'KWD', 'OMR', 'TND'])(
  '%s, whose third decimal must be 0 at Stripe, stops the start',
  (CURRENCY) => {
    expect(sentencesOf({ ...STRIPE, CURRENCY })).toEqual([
      `STRIPE_SECRET_KEY is set with CURRENCY=${CURRENCY}: Stripe refuses amounts of that currency whose last of three decimal digits is not 0.`,
    ]);
  },
);

test('MGA, which some browsers show with decimals, stops the start', () => {
  expect(sentencesOf({ ...STRIPE, CURRENCY: 'MGA' })).toEqual([
    expect.stringMatching(/CURRENCY=MGA: browsers show amounts of that currency with different/),
  ]);
});

const WITHOUT_DECIMALS = 'BIF CLP DJF GNF JPY KMF KRW PYG RWF VND VUV XAF XOF XPF'.split(' ');
test.each(WITHOUT_DECIMALS)(
  '%s, which has no decimals at Stripe either, is accepted',
  (CURRENCY) => {
    expect(shown(CURRENCY)).toBe(120_000);
    expect(sentencesOf({ ...STRIPE, CURRENCY })).toEqual([]);
  },
);

test.each(['EUR', 'GBP', 'TWD', 'USD'])(
  '%s, which has two decimals in both, is accepted',
  (CURRENCY) => {
    expect(shown(CURRENCY)).toBe(1200);
    expect(sentencesOf({ ...STRIPE, CURRENCY })).toEqual([]);
  },
);

test('without Stripe, every currency is accepted', () => {
  expect(sentencesOf({ CURRENCY: 'HUF' })).toEqual([]);
  expect(sentencesOf({ CURRENCY: 'KWD' })).toEqual([]);
});
