/**
 * Stripe as a payment provider, with Checkout Sessions (docs/decisions/0079-checkout-sessions.md). The provider's id of a payment is
 * that of its session.
 */
import type Stripe from 'stripe';
import {
  CallRefused,
  type FoundPayment,
  type PageRequest,
  type Provider,
  type RefundRequest,
} from './provider.ts';
import { returnAddress } from './return-address.ts';
import { answered, isRefusal, known, StripeClients, type StripeSettings } from './stripe-client.ts';

/** A session lives at least 30 minutes, so `expire` ends it at the end of the checkout. The minute is for clocks that differ. */
const LONGER_SECONDS = 31 * 60;

export class StripeProvider implements Provider {
  readonly #clients: StripeClients;

  constructor(settings: StripeSettings) {
    this.#clients = new StripeClients(settings);
  }

  async open(request: PageRequest, signal: AbortSignal) {
    const { key, checkoutId, amount, currency, expiresAt, what } = request;
    const stripe = await this.#clients.open(signal);
    const metadata = { checkoutId: String(checkoutId), key };
    const back = returnAddress(request);
    const params: Stripe.Checkout.SessionCreateParams = {
      mode: 'payment',
      allowed_payment_method_types: ['card'],
      // The buyer pays in our currency, so that what is captured is the amount of the checkout.
      adaptive_pricing: { enabled: false },
      client_reference_id: key,
      metadata,
      payment_intent_data: { metadata },
      line_items: [
        {
          quantity: 1,
          price_data: {
            currency: currency.toLowerCase(),
            unit_amount: amount,
            product_data: { name: what },
          },
        },
      ],
      success_url: back,
      cancel_url: back,
      expires_at: Math.ceil(expiresAt.getTime() / 1000) + LONGER_SECONDS,
    };
    const { id, url } = await answered(
      stripe.checkout.sessions.create(params, { idempotencyKey: key }),
    );
    if (!url) throw new Error(`Stripe opened the session ${id} without a page.`);
    return { ref: id, redirectUrl: url };
  }

  async expire(ref: string, signal: AbortSignal) {
    const stripe = await this.#clients.open(signal);
    try {
      await stripe.checkout.sessions.expire(ref);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      // Stripe refuses to expire a session that is over, and one whose payment it is just confirming.
      const { status } = await known(stripe.checkout.sessions.retrieve(ref));
      if (status === 'open') throw error;
    }
  }

  async find(ref: string, signal: AbortSignal): Promise<FoundPayment> {
    const stripe = await this.#clients.open(signal);
    const session = await known(
      stripe.checkout.sessions.retrieve(ref, { expand: ['payment_intent.latest_charge'] }),
    );
    const intent = expanded(session.payment_intent);
    const state = stateOf(session, intent);
    return {
      key: session.metadata?.key ?? '',
      state,
      captured: state === 'paid' ? (intent?.amount_received ?? 0) : 0,
      refunded: expanded(intent?.latest_charge)?.amount_refunded ?? 0,
      currency: (session.currency ?? '').toUpperCase(),
    };
  }

  async refund(request: RefundRequest, signal: AbortSignal) {
    const { key, ref, amount, checkoutId, refundId, attempt } = request;
    const stripe = await this.#clients.open(signal);
    const session = await known(stripe.checkout.sessions.retrieve(ref));
    const paymentIntent = idOf(session.payment_intent);
    if (!paymentIntent) throw new CallRefused('Nothing was captured.');
    // Stripe forgets idempotency keys after a day, and a new attempt has a new one.
    const earlier = await refundsOf(stripe, paymentIntent, request);
    const made = earlier.find(({ status }) => !isFailed(status));
    if (made) return { ref: made.id };
    const failed = earlier.find(({ metadata }) => metadata?.key === key);
    if (failed) throw new CallRefused(failureOf(failed));
    const metadata = {
      checkoutId: String(checkoutId),
      key,
      refundId: String(refundId),
      attempt: String(attempt),
    };
    const refund = await answered(
      stripe.refunds.create(
        { payment_intent: paymentIntent, amount, metadata },
        { idempotencyKey: key },
      ),
    );
    // `pending` is done: the card gets the money once our balance at Stripe suffices, and `refund.failed` says if it does not.
    if (isFailed(refund.status)) throw new CallRefused(failureOf(refund));
    return { ref: refund.id };
  }
}

/** A declined card leaves the session open: the buyer may try another one. */
function stateOf(
  { status, payment_status: payment }: Stripe.Checkout.Session,
  intent: Stripe.PaymentIntent | undefined,
): FoundPayment['state'] {
  if (payment === 'paid') return 'paid';
  if (status === 'expired') return 'expired';
  if (status === 'complete') return 'processing';
  return intent?.status === 'processing' || intent?.status === 'succeeded' ? 'processing' : 'open';
}

/** What Stripe has made so far of this refund, whatever the attempt. */
async function refundsOf(
  stripe: Stripe,
  paymentIntent: string,
  { key, refundId, attempt }: RefundRequest,
): Promise<Stripe.Refund[]> {
  const all = await answered(
    stripe.refunds
      .list({ payment_intent: paymentIntent, limit: 100 })
      .autoPagingToArray({ limit: 10_000 }),
  );
  const owed = owedBy(key, String(attempt));
  return all.filter(({ metadata }) => {
    if (metadata?.refundId !== String(refundId)) return false;
    return owedBy(metadata.key ?? '', metadata.attempt ?? '') === owed;
  });
}

/** The part of a key that all attempts share. A refund id alone may be given out again after a failover that loses rows. */
const owedBy = (key: string, attempt: string) =>
  key.endsWith(`-${attempt}`) ? key.slice(0, -attempt.length - 1) : key;

const isFailed = (status: string | null) => status === 'failed' || status === 'canceled';
const failureOf = ({ failure_reason: reason, status }: Stripe.Refund) => reason ?? `${status}`;

const idOf = (given: string | { id: string } | null) =>
  typeof given === 'string' ? given : given?.id;
const expanded = <T extends object>(given: string | T | null | undefined): T | undefined =>
  typeof given === 'object' && given !== null ? given : undefined;
