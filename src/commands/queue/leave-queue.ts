/** Leaves a waiting queue, the house queue by default: the user's open entry ends. */
import { z } from 'zod';
import { byWaitingQueue, defineCommand } from '../command.ts';
import { queueEntryOutcome } from '../schemas/resources.ts';
import { queueId } from '../schemas/values.ts';

export const leaveQueue = defineCommand({
  name: 'leave-queue',
  input: z.strictObject({ queueId: queueId.optional() }),
  result: queueEntryOutcome,
  newerFields: ['id', 'queueId'],
  laneKey: byWaitingQueue,
});
