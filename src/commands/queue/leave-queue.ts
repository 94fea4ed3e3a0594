/** Leaves the waiting queue: the user's open entry ends. */
import { z } from 'zod';
import { byWaitingQueue, defineCommand } from '../command.ts';

export const leaveQueue = defineCommand({
  name: 'leave-queue',
  input: z.strictObject({}),
  laneKey: byWaitingQueue,
});
