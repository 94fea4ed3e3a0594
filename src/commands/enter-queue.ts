/** Take a place in the waiting queue; a user who has one keeps it. */
import { z } from 'zod';
import { byWaitingQueue, defineCommand } from './command.ts';

export const enterQueue = defineCommand({
  name: 'enter-queue',
  input: z.strictObject({}),
  laneKey: byWaitingQueue,
});
