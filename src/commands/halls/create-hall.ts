/** Saves the first version of a new hall. For operators. */
import { z } from 'zod';
import { byUser, defineCommand } from '../command.ts';
import { plan } from '../schemas/hall-plan.ts';
import { hall } from '../schemas/hall-resources.ts';
import { line } from '../schemas/text.ts';
import type { PackedPlan } from './packed-plan.ts';

const name = line(200);

/** The body of the request. The job carries the plan packed. */
export const hallBody = z.strictObject({ name, plan });

/** The most bytes of a packed plan: it is in its job in Redis, and in one row. */
export const PACKED_BYTES_MAX = 512 * 1024;
/** HTTP has packed it from a plan that its schema accepted. */
export const packedPlan = z.custom<PackedPlan>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);

export const createHall = defineCommand({
  name: 'create-hall',
  input: z.strictObject({ name, plan: packedPlan }),
  result: hall,
  laneKey: byUser,
});
