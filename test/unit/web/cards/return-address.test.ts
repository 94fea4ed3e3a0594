/** The way back from a payment page. */
import { expect, test } from 'vitest';
import { returnedCheckout, returnUrlOf } from '../../../../src/web/cards/return-address.ts';

test('buyers return to the page without its query and its view', () => {
  const { origin, pathname } = new URL('http://localhost:3000/?checkoutId=3#/concerts/1');
  expect(returnUrlOf({ origin, pathname })).toBe('http://localhost:3000/');
});

test('the query names the checkout', () => {
  expect(returnedCheckout('?checkoutId=7')).toBe(7);
  expect(returnedCheckout('?lang=ko&checkoutId=12&x=1')).toBe(12);
});

test.each([
  '',
  '?',
  '?checkoutId=',
  '?checkoutId=0',
  '?checkoutId=07',
  '?checkoutId=7a',
  '?checkout=7',
])('the query %j names no checkout', (search) => {
  expect(returnedCheckout(search)).toBeUndefined();
});
