/** An operator ends a refund that the provider refuses: the user gets points instead, or was paid back outside this system. */
import { z } from 'zod';
import { byUser, defineCommand } from '../command.ts';
import { operatorReason } from '../orders/cancel-order-as-operator.ts';
import { cardRefund } from '../schemas/checkouts.ts';
import { id } from '../schemas/resources.ts';

/** In points, or outside this system. */
export const REFUND_ENDS = ['points', 'elsewhere'] as const;

export const endRefund = defineCommand({
  name: 'end-refund',
  input: z.strictObject({
    refundId: id,
    as: z.enum(REFUND_ENDS),
    reason: operatorReason,
  }),
  result: cardRefund,
  laneKey: byUser,
});
