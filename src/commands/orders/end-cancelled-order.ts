/** Ends an order of a cancelled performance: a hold is released, a paid order refunded. The system enqueues it for the owner. */
import { z } from 'zod';
import { byUser, defineCommand } from '../command.ts';
import { id, order } from '../schemas/resources.ts';

export const endCancelledOrder = defineCommand({
  name: 'end-cancelled-order',
  input: z.strictObject({ orderId: id, scheduleId: id }),
  result: order,
  laneKey: byUser,
  isInternal: true,
});
