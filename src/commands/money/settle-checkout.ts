/**
 * What became of a checkout, by an event of the provider or because it was asked. Money that was captured is credited to the user,
 * and pays the order if that is still held. The system enqueues it for the user of the checkout.
 */
import { z } from 'zod';
import { byUser, defineCommand } from '../command.ts';
import { amount, checkout } from '../schemas/checkouts.ts';
import { id, order } from '../schemas/resources.ts';
import { providerKey } from './checkout-opened.ts';
import { failure } from './failure.ts';

const ENDS = ['paid', 'failed', 'expired'] as const;

const settledCheckout = z.object({
  /** Null if the provider speaks of another checkout than the one that has the id now: nothing was changed. */
  checkout: checkout.nullable(),
  /** The order that was paid, or null. */
  order: order.nullable(),
  /** The queue entry with which that order was placed: its session may have ended. */
  entryId: id.optional(),
  /** What the provider told, if that fits no checkout. */
  outcome: z.enum(ENDS).optional(),
  /** The payment of which it was told, if that fits no checkout: what finds it at the provider. */
  told: z
    .object({
      checkoutId: id,
      key: z.string(),
      provider: z.string(),
      /** The provider's id of the payment, if it is known. */
      ref: z.string().nullable(),
      /** What was captured, in minor units; null if nothing was. */
      amount: amount.nullable(),
    })
    .optional(),
});

export const settleCheckout = defineCommand({
  name: 'settle-checkout',
  input: z
    .strictObject({
      checkoutId: id,
      /** The order of the checkout, which never changes; null for a top-up. The batch locks it before the checkout. */
      orderId: id.nullable(),
      key: providerKey,
      provider: z.string().min(1),
      outcome: z.enum(ENDS),
      /** What was captured, in minor units; only with `paid`. */
      amount: amount.optional(),
      /** The provider's id of the payment, if it is known. */
      ref: z.string().min(1).optional(),
      failure: failure.optional(),
      /** The call `look` that is answered; its row is deleted. */
      callId: id.optional(),
    })
    .refine(({ outcome, amount }) => outcome !== 'paid' || amount !== undefined, {
      error: 'must say what was captured',
      path: ['amount'],
    }),
  result: settledCheckout,
  laneKey: byUser,
  isInternal: true,
});

export type SettleCheckout = z.infer<typeof settleCheckout.input>;
export type SettledCheckout = z.infer<typeof settledCheckout>;
