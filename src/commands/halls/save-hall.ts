/** Saves a plan as the next version of a hall. For operators. */
import { z } from 'zod';
import { byUser, defineCommand } from '../command.ts';
import { plan } from '../schemas/hall-plan.ts';
import { hall, hallVersionNumber } from '../schemas/hall-resources.ts';
import { id } from '../schemas/values.ts';
import { packedPlan } from './create-hall.ts';

const baseVersion = hallVersionNumber.meta({
  description: 'The version that was changed. Another one that is newer is not overwritten.',
});

/** The body of the request; the path names the hall. The job carries the plan packed. */
export const hallVersionBody = z.strictObject({ baseVersion, plan });

export const saveHall = defineCommand({
  name: 'save-hall',
  input: z.strictObject({ hallId: id, baseVersion, plan: packedPlan }),
  result: hall,
  laneKey: byUser,
});
