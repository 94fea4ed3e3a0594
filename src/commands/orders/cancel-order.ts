/** Cancels a held order, or refunds what is left of a paid one. */
import { z } from 'zod';
import { byUser, defineCommand } from '../command.ts';
import { id, order } from '../schemas/resources.ts';

export const cancelOrder = defineCommand({
  name: 'cancel-order',
  input: z.strictObject({ orderId: id }),
  result: order,
  laneKey: byUser,
});

export type CancelOrder = z.infer<typeof cancelOrder.input>;
