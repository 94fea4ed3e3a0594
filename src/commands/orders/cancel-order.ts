/** Cancels a held order, or refunds what is left of a paid one. */
import { z } from 'zod';
import { byUser, defineCommand } from '../command.ts';
import { id } from '../schemas/resources.ts';

export const cancelOrder = defineCommand({
  name: 'cancel-order',
  input: z.strictObject({ orderId: id }),
  laneKey: byUser,
});

export type CancelOrder = z.infer<typeof cancelOrder.input>;
