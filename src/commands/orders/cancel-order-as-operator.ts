/** An operator cancels the order of any user, also after the deadline: a hold is released, a paid order refunded. */
import { z } from 'zod';
import { byUser, defineCommand } from '../command.ts';
import { id, order } from '../schemas/resources.ts';
import { line } from '../schemas/text.ts';

/** Why an operator changes what belongs to a user. */
export const operatorReason = line(200);

export const cancelOrderAsOperator = defineCommand({
  name: 'cancel-order-as-operator',
  input: z.strictObject({ orderId: id, reason: operatorReason }),
  result: order,
  laneKey: byUser,
});
