/** The answer of a provider that was asked to open a payment page. The system enqueues it for the user of the checkout. */
import { z } from 'zod';
import { byUser, defineCommand } from '../command.ts';
import { checkout } from '../schemas/checkouts.ts';
import { id } from '../schemas/resources.ts';
import { failure } from './failure.ts';

/**
 * The idempotency key of a checkout or refund at its provider. With another one the provider speaks of a row that a failover has lost.
 */
export const providerKey = z.string().min(1).max(255);

export const checkoutOpened = defineCommand({
  name: 'checkout-opened',
  input: z.strictObject({
    /** The call that is answered; its row is deleted. */
    callId: id,
    checkoutId: id,
    key: providerKey,
    /**
     * `opened`: the page is there. `refused`: the provider will never open it. `over`: the checkout was over before the provider
     * was asked, so nobody can have paid.
     */
    answer: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('opened'), ref: z.string().min(1), redirectUrl: z.url() }),
      z.strictObject({ kind: z.literal('refused'), failure }),
      z.strictObject({ kind: z.literal('over') }),
    ]),
  }),
  /** Empty if the answer is about another checkout than the one that has the id now. */
  result: checkout.partial(),
  laneKey: byUser,
  isInternal: true,
});

export type CheckoutOpened = z.infer<typeof checkoutOpened.input>;
