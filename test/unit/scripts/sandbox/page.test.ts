/** Amounts on the sandbox's payment page. */
import { expect, test } from 'vitest';
import { formatAmount } from '../../../../scripts/sandbox/page.ts';

test.each([
  [12_000, 'KRW', '₩12,000'],
  [1234, 'EUR', '€12.34'],
  [5, 'USD', '$0.05'],
  [12_345, 'KWD', 'KWD 12.345'],
])('%i minor units of %s are shown as %s', (amount, currency, text) => {
  // Intl puts a no-break space behind a currency that has no sign.
  expect(formatAmount(amount, currency).replaceAll(/\s/g, ' ')).toBe(text);
});
