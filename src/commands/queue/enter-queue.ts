/** Enters the waiting queue. A user with an open entry keeps it. */
import { z } from 'zod';
import { byWaitingQueue, defineCommand } from '../command.ts';

export const enterQueue = defineCommand({
  name: 'enter-queue',
  input: z.strictObject({}),
  laneKey: byWaitingQueue,
});
