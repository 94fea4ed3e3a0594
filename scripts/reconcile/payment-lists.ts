/** Lists what the payment providers have captured, to find payments of which our database knows nothing. */
import { z } from 'zod';
import type { ProviderName } from '../../src/commands/schemas/checkouts.ts';
import { StripeClients, type StripeSettings } from '../../workers/outbox/payments/stripe-client.ts';

export interface CapturedPayment {
  /** The provider's id of the payment. */
  ref: string;
  /** The key and the checkout with which its page was opened. */
  key: string;
  checkoutId: number;
  /** In minor units. */
  captured: number;
  currency: string;
}

/** All payments whose page was opened at `since` or later; those of other systems on the same account are left out. */
export type ListPayments = (since: Date) => AsyncIterable<CapturedPayment>;

export interface ListSettings {
  /** undefined if the provider is switched off. */
  sandbox: { url: string; secret: string } | undefined;
  stripe: StripeSettings | undefined;
}

export function paymentListsOf({ sandbox, stripe }: ListSettings): Map<ProviderName, ListPayments> {
  const lists = new Map<ProviderName, ListPayments>();
  if (sandbox) lists.set('sandbox', listOfSandbox(sandbox));
  if (stripe) lists.set('stripe', listOfStripe(stripe));
  return lists;
}

const entry = z.object({
  at: z.iso.datetime(),
  kind: z.string(),
  ref: z.string(),
  key: z.string(),
  checkoutId: z.int(),
  amount: z.int(),
  currency: z.string(),
});

function listOfSandbox({ url, secret }: { url: string; secret: string }): ListPayments {
  return async function* (since) {
    const headers = { Authorization: `Bearer ${secret}` };
    const response = await fetch(new URL('/v1/journal', url), { headers });
    if (!response.ok) throw new Error(`The sandbox answered ${response.status}.`);
    for (const line of (await response.text()).split('\n').slice(0, -1)) {
      const { at, kind, amount: captured, ...payment } = entry.parse(JSON.parse(line));
      if (kind === 'captured' && Date.parse(at) >= since.getTime()) yield { ...payment, captured };
    }
  };
}

/** Further tries of a request, at growing distances. Here no outbox tries again. */
const RETRIES_MAX = 5;

function listOfStripe(settings: StripeSettings): ListPayments {
  return async function* (since) {
    const stripe = await new StripeClients(settings).open(new AbortController().signal);
    const created = { gte: Math.floor(since.getTime() / 1000) };
    const wanted = { created, status: 'complete', limit: 100 } as const;
    const options = { maxNetworkRetries: RETRIES_MAX };
    for await (const session of stripe.checkout.sessions.list(wanted, options)) {
      const { id: ref, metadata, payment_status: payment, amount_total: captured } = session;
      const checkoutId = Number(metadata?.checkoutId);
      const isOurs = metadata?.key && Number.isSafeInteger(checkoutId);
      if (!isOurs || payment !== 'paid' || !captured) continue;
      const currency = (session.currency ?? '').toUpperCase();
      yield { ref, key: metadata.key as string, checkoutId, captured, currency };
    }
  };
}
