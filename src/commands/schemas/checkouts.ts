/** The JSON shape of card payments and of their refunds. */
import { z } from 'zod';
import { id, time } from './values.ts';

export const CHECKOUT_STATES = [
  'opening',
  'open',
  'paid',
  'credited',
  'failed',
  'expired',
  'refunding',
  'refunded',
] as const;

/** The names of payment providers, as in paths and in `provider`. */
export const PROVIDERS = ['sandbox', 'stripe'] as const;
export type ProviderName = (typeof PROVIDERS)[number];

/** An amount in minor units of the currency; one is one point. */
export const amount = z.int().min(1).max(Number.MAX_SAFE_INTEGER);

export const checkout = z
  .object({
    id,
    orderId: id.nullable().meta({ description: 'null for a top-up of points.' }),
    provider: z.enum(PROVIDERS),
    amount: amount.meta({ description: 'In minor units of the currency; one is one point.' }),
    currency: z.string().length(3),
    state: z.enum(CHECKOUT_STATES),
    redirectUrl: z
      .string()
      .nullable()
      .meta({ description: 'The payment page; null until the provider has opened it.' }),
    expiresAt: time,
    createdAt: time,
  })
  .meta({
    id: 'Checkout',
    example: {
      id: 3,
      orderId: 1,
      provider: 'sandbox',
      amount: 24_000,
      currency: 'KRW',
      state: 'open',
      redirectUrl: 'http://localhost:3100/pay/chk_Do4FNrkMeNb65Dkt83SP_w',
      expiresAt: '2026-11-20T09:10:00.000Z',
      createdAt: '2026-11-20T09:00:00.000Z',
    },
  });

export const CARD_REFUND_STATES = ['pending', 'done', 'failed', 'credited', 'elsewhere'] as const;

export const cardRefund = z
  .object({
    id,
    checkoutId: id,
    orderId: id.nullable(),
    amount,
    currency: z.string().length(3),
    state: z.enum(CARD_REFUND_STATES),
    attempt: z.int().min(1),
    failure: z
      .string()
      .nullable()
      .meta({ description: 'Why the last attempt has failed, in the words of the provider.' }),
    createdAt: time,
    endedAt: time.nullable(),
  })
  .meta({
    id: 'CardRefund',
    example: {
      id: 5,
      checkoutId: 3,
      orderId: 1,
      amount: 24_000,
      currency: 'KRW',
      state: 'failed',
      attempt: 1,
      failure: 'CARD_CLOSED',
      createdAt: '2026-11-20T10:00:00.000Z',
      endedAt: null,
    },
  });

export type CheckoutResource = z.infer<typeof checkout>;

export type CardRefundResource = z.infer<typeof cardRefund>;
