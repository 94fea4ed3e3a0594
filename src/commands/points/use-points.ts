/** Takes points from the user's balance. */
import { z } from 'zod';
import { byUser, defineCommand } from '../command.ts';
import { balanceOf, points } from '../schemas/resources.ts';

export const usePoints = defineCommand({
  name: 'use-points',
  input: z.strictObject({ amount: points.min(1) }),
  result: balanceOf,
  laneKey: byUser,
});
