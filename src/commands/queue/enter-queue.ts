/** Enters a waiting queue, the house queue by default. A user with an open entry keeps it. */
import { z } from 'zod';
import { byWaitingQueue, defineCommand } from '../command.ts';
import { queueEntryOutcome } from '../schemas/resources.ts';
import { queueId } from '../schemas/values.ts';

export const enterQueue = defineCommand({
  name: 'enter-queue',
  input: z.strictObject({ queueId: queueId.optional() }),
  result: queueEntryOutcome,
  newerFields: ['id', 'queueId'],
  laneKey: byWaitingQueue,
});
