/** An operator has a call to a payment provider, which has no answer after many tries, made now. */
import { z } from 'zod';
import { byUser, defineCommand } from '../command.ts';
import { owedCall } from '../schemas/owed-calls.ts';
import { id } from '../schemas/resources.ts';

export const retryCall = defineCommand({
  name: 'retry-call',
  input: z.strictObject({ callId: id }),
  result: owedCall,
  laneKey: byUser,
});
