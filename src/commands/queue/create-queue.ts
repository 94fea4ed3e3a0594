/** Creates a waiting queue for concerts that the house queue has served. For operators. */
import { z } from 'zod';
import { byUser, defineCommand } from '../command.ts';
import { id } from '../schemas/resources.ts';
import { line } from '../schemas/text.ts';
import { notTwice } from '../schemas/values.ts';
import { waitingQueue } from '../schemas/waiting-queue.ts';
import { admissionLimits } from './set-admission.ts';

const CONCERTS_MAX = 100;

export const createQueue = defineCommand({
  name: 'create-queue',
  input: z.strictObject({
    name: line(200),
    concertIds: z
      .array(id)
      .min(1)
      .max(CONCERTS_MAX)
      .refine(...notTwice('a concert')),
    ...admissionLimits,
  }),
  result: waitingQueue,
  laneKey: byUser,
});

export type CreateQueue = z.infer<typeof createQueue.input>;
