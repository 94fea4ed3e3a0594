/** Give up one's place in the waiting queue. */
import { z } from 'zod';
import { byWaitingQueue, defineCommand } from './command.ts';

export const leaveQueue = defineCommand({
  name: 'leave-queue',
  input: z.strictObject({}),
  laneKey: byWaitingQueue,
});
