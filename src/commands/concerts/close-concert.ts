/** Closes the sale of a concert, or opens it again. What is held can still be paid. For operators. */
import { z } from 'zod';
import { defineCommand } from '../command.ts';
import { operatorReason } from '../orders/cancel-order-as-operator.ts';
import { concert, id } from '../schemas/resources.ts';
import { byConcert } from './fields.ts';

export const closeConcert = defineCommand({
  name: 'close-concert',
  input: z.strictObject({ concertId: id, reason: operatorReason }),
  result: concert,
  laneKey: byConcert,
});

export const reopenConcert = defineCommand({
  name: 'reopen-concert',
  input: z.strictObject({ concertId: id }),
  result: concert,
  laneKey: byConcert,
});
