/** An operator has the provider asked again for a refund that failed. */
import { z } from 'zod';
import { byUser, defineCommand } from '../command.ts';
import { cardRefund } from '../schemas/checkouts.ts';
import { id } from '../schemas/resources.ts';

export const retryRefund = defineCommand({
  name: 'retry-refund',
  input: z.strictObject({ refundId: id }),
  result: cardRefund,
  laneKey: byUser,
});
