/** Where a provider sends the buyer after the payment. The adapter of Stripe and the sandbox both build it here. */
import type { PageRequest } from './provider.ts';

/**
 * The shop's address with `checkoutId` in its query; the rest of the address stays as the shop wrote it. If the shop's query has a
 * `checkoutId`, it is replaced and the query is encoded anew.
 */
export function returnAddress({
  returnUrl,
  checkoutId,
}: Pick<PageRequest, 'returnUrl' | 'checkoutId'>): string {
  const url = new URL(returnUrl);
  if (url.searchParams.has('checkoutId')) url.searchParams.set('checkoutId', String(checkoutId));
  else url.search += `${url.search === '' ? '?' : '&'}checkoutId=${checkoutId}`;
  return url.href;
}
