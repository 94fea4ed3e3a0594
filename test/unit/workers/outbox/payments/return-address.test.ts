/** Where buyers return after a payment. */
import { expect, test } from 'vitest';
import { returnAddress } from '../../../../../workers/outbox/payments/return-address.ts';

test.each([
  ['https://shop.example/thanks', 'https://shop.example/thanks?checkoutId=7'],
  ['https://shop.example/thanks#top', 'https://shop.example/thanks?checkoutId=7#top'],
  [
    'https://shop.example/thanks?basket=a%20b~c&guest#top',
    'https://shop.example/thanks?basket=a%20b~c&guest&checkoutId=7#top',
  ],
  ['https://shop.example/?checkoutId=5&lang=ko', 'https://shop.example/?checkoutId=7&lang=ko'],
])('%s names the checkout once, and stays as the shop wrote it', (returnUrl, address) => {
  expect(returnAddress({ returnUrl, checkoutId: 7 })).toBe(address);
});
