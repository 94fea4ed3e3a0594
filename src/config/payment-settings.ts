/** The environment variables of card payments. */
import { z } from 'zod';
import { flag, origin, origins, secret, wholeNumber } from './setting-types.ts';

export const paymentSettings = {
  /** ISO 4217. One point is one minor unit. */
  CURRENCY: z
    .string()
    .regex(/^[A-Z]{3}$/, 'must be a currency of ISO 4217 such as KRW or EUR')
    .default('KRW'),
  /** How long a payment page is open; the hold of its order lasts as long. */
  CHECKOUT_SECONDS: wholeNumber(60, 3600, 600),
  /** After this time, and then at growing distances, a provider is asked about a checkout that heard nothing. */
  RECONCILE_SECONDS: wholeNumber(5, 3600, 60),
  /** What becomes of money for an order that cannot be paid any more. */
  LATE_PAYMENT: z.enum(['refund', 'keep']).default('refund'),
  /** Where buyers may return from a payment page; `http://localhost:*` is any port of this machine. */
  RETURN_ORIGINS: origins.default([]),
  /** Lets every user add points without money. */
  OPEN_CHARGING: flag(false),
  /** The address of the sandbox; it is a provider while this is set. */
  SANDBOX_URL: origin.optional(),
  SANDBOX_SECRET: secret.optional(),
  STRIPE_SECRET_KEY: z.string().min(1).optional(),
  STRIPE_WEBHOOK_SECRET: z
    .string()
    .regex(
      /^whsec_.{16,}$/,
      'must be the signing secret of the webhook endpoint at Stripe, which begins with whsec_',
    )
    .optional(),
  /** Another address than Stripe's own, for tests. */
  STRIPE_API_URL: origin.optional(),
};
