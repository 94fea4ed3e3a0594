/** The JSON shape of what was paid for an order, and of what was given back. */
import { z } from 'zod';
import { CARD_REFUND_STATES } from './checkouts.ts';
import { balance, id, time } from './values.ts';

export const PAYMENT_METHODS = ['points', 'card'] as const;

export const orderPayment = z
  .object({
    id,
    kind: z.enum(['payment', 'refund']),
    method: z.enum(PAYMENT_METHODS).meta({
      description: 'Where the money came from, or goes back to. It goes back the way it came.',
    }),
    amount: balance.meta({
      description: 'In points, or in minor units of the currency; one is one point.',
    }),
    currency: z.string().length(3).nullable().meta({ description: 'ISO 4217; null for points.' }),
    bookingId: id
      .nullable()
      .meta({ description: 'The one booking that was paid or refunded; null if there were more.' }),
    state: z.enum(CARD_REFUND_STATES).meta({
      description:
        '`done`, unless it is a refund to a card: `pending` until the provider has accepted it, `failed` if operators must decide, `credited` if it was given back in points, `elsewhere` if it was paid back outside this system.',
    }),
    createdAt: time,
  })
  .meta({
    id: 'OrderPayment',
    example: {
      id: 1,
      kind: 'payment',
      method: 'card',
      amount: 24_000,
      currency: 'KRW',
      bookingId: null,
      state: 'done',
      createdAt: '2026-11-21T02:20:08.386Z',
    },
  });

export type OrderPayment = z.infer<typeof orderPayment>;
