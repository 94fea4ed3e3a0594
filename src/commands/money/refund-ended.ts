/**
 * The answer of a provider that was asked for a refund, or its later word that a refund has failed after all. The system enqueues
 * it for the user of the checkout.
 */
import { z } from 'zod';
import { byUser, defineCommand } from '../command.ts';
import { cardRefund } from '../schemas/checkouts.ts';
import { id } from '../schemas/resources.ts';
import { providerKey } from './checkout-opened.ts';
import { failure } from './failure.ts';

export const refundEnded = defineCommand({
  name: 'refund-ended',
  input: z.strictObject({
    checkoutId: id,
    refundId: id,
    /** The attempt that has ended. An answer to another attempt changes nothing, unless the present one found the refund that it made. */
    attempt: z.int().min(1),
    /** The key of that attempt. */
    key: providerKey,
    answer: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('done'), ref: z.string().min(1) }),
      z.strictObject({
        kind: z.literal('failed'),
        failure,
        /** Of the refund that the provider had made; none if it refused to make one. */
        ref: z.string().min(1).optional(),
      }),
    ]),
    /** The call that is answered; its row is deleted. */
    callId: id.optional(),
  }),
  result: cardRefund,
  laneKey: byUser,
  isInternal: true,
});
