/**
 * Reads the events of Stripe: the end of a checkout session, and a refund that has failed. The signature is verified without
 * Stripe's library, which would take 37 MB in each API process.
 */
import { z } from 'zod';
import type { EpochMs } from '../../commands/epoch-ms.ts';
import { isEventSigned } from './event-signature.ts';
import { type EventReader, type ProviderEvent, SignatureInvalid } from './events.ts';

const STRIPE_SIGNATURE = 'Stripe-Signature';

const envelope = z.object({
  id: z.string().min(1),
  type: z.string(),
  data: z.object({ object: z.unknown() }),
});

/** Metadata are texts. */
const number = z
  .string()
  .regex(/^[1-9]\d{0,15}$/)
  .transform(Number);
const key = z.string().min(1).max(255);

/** A session without our metadata is of another system that uses the same account. */
const session = z.object({
  id: z.string().min(1),
  payment_status: z.string(),
  amount_total: z.int().min(1),
  currency: z.string().length(3),
  metadata: z.object({ checkoutId: number, key }),
});

/** So is a refund; one that was made in the dashboard has none either. */
const refund = z.object({
  id: z.string().min(1),
  status: z.string(),
  failure_reason: z.string().min(1).nullish(),
  metadata: z.object({ checkoutId: number, key, refundId: number, attempt: number }),
});

/** @param secret that of the webhook endpoint at Stripe (`STRIPE_WEBHOOK_SECRET`) */
export function stripeEvents(secret: string): EventReader {
  return {
    signatureHeader: STRIPE_SIGNATURE,
    readEvent(rawBody: string, headers: Headers, now: EpochMs) {
      if (!isEventSigned(rawBody, headers.get(STRIPE_SIGNATURE), secret, now)) {
        throw new SignatureInvalid('Stripe has not signed this event, or not within five minutes.');
      }
      const event = envelope.safeParse(parsed(rawBody));
      if (!event.success) return 'ignored';
      const { id, type, data } = event.data;
      if (type === 'refund.failed' || type === 'refund.updated')
        return refundEvent(id, data.object);
      return sessionEvent(id, type, data.object);
    },
  };
}

function parsed(rawBody: string): unknown {
  try {
    return JSON.parse(rawBody);
  } catch {
    return undefined;
  }
}

function sessionEvent(id: string, type: string, object: unknown): ProviderEvent | 'ignored' {
  if (type !== 'checkout.session.completed' && type !== 'checkout.session.expired')
    return 'ignored';
  const read = session.safeParse(object);
  if (!read.success) return 'ignored';
  const { id: ref, metadata, payment_status: payment, amount_total: amount, currency } = read.data;
  const isPaid = payment === 'paid';
  // Without a payment, a completed session waits for a bank; cards do not.
  if (!isPaid && type === 'checkout.session.completed') return 'ignored';
  const outcome = isPaid ? 'paid' : 'expired';
  return {
    about: 'checkout',
    id,
    ...metadata,
    outcome,
    ref,
    amount,
    currency: currency.toUpperCase(),
  };
}

function refundEvent(id: string, object: unknown): ProviderEvent | 'ignored' {
  const read = refund.safeParse(object);
  if (!read.success) return 'ignored';
  const { id: ref, status, failure_reason: reason, metadata } = read.data;
  if (status !== 'failed' && status !== 'canceled') return 'ignored';
  return { about: 'refund', id, ...metadata, ref, failure: reason ?? status };
}
