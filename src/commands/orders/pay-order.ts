/** Pays a held order with points, as a whole: points, history, seats, bookings, order and payment change together. */
import { z } from 'zod';
import { byUser, defineCommand } from '../command.ts';
import { id, paidOrder } from '../schemas/resources.ts';

export const payOrder = defineCommand({
  name: 'pay-order',
  input: z.strictObject({ orderId: id }),
  result: paidOrder,
  laneKey: byUser,
});
