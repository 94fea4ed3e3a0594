/** Converts a checkout to its API resource. */
import type { CheckoutResource, ProviderName } from '../../../src/commands/schemas/checkouts.ts';
import type { CheckoutRow } from '../../rows/rows.ts';

export function toCheckout(checkout: CheckoutRow): CheckoutResource {
  const { id, orderId, provider, amount, currency, state, redirectUrl } = checkout;
  return {
    id,
    orderId,
    provider: provider as ProviderName,
    amount,
    currency,
    state,
    redirectUrl,
    expiresAt: checkout.expiresAt.toISOString(),
    createdAt: checkout.createdAt.toISOString(),
  };
}
