/** Closes the sale of a concert, or opens it again. What is held can still be paid. For operators. */
import { z } from 'zod';
import { defineCommand } from '../command.ts';
import { operatorReason } from '../orders/cancel-order-as-operator.ts';
import { id } from '../schemas/resources.ts';
import { byConcert } from './fields.ts';

export const closeConcert = defineCommand({
  name: 'close-concert',
  input: z.strictObject({ concertId: id, reason: operatorReason }),
  laneKey: byConcert,
});

export const reopenConcert = defineCommand({
  name: 'reopen-concert',
  input: z.strictObject({ concertId: id }),
  laneKey: byConcert,
});

export type CloseConcert = z.infer<typeof closeConcert.input>;
export type ReopenConcert = z.infer<typeof reopenConcert.input>;
