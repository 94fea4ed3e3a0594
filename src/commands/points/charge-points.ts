/** Adds points to the user's balance. */
import { z } from 'zod';
import { byUser, defineCommand } from '../command.ts';
import { balanceOf } from '../schemas/resources.ts';

/** The most points that one command can add. */
export const CHARGE_MAX = 10_000_000;

export const chargePoints = defineCommand({
  name: 'charge-points',
  input: z.strictObject({ amount: z.int().min(1).max(CHARGE_MAX) }),
  result: balanceOf,
  laneKey: byUser,
});
