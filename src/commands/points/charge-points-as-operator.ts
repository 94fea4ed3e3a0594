/** An operator adds points to the balance of any user. */
import { z } from 'zod';
import { defineCommand } from '../command.ts';
import { balanceOf } from '../schemas/resources.ts';
import { subject } from '../schemas/text.ts';
import { CHARGE_MAX } from './charge-points.ts';

export const chargePointsAsOperator = defineCommand({
  name: 'charge-points-as-operator',
  input: z.strictObject({ amount: z.int().min(1).max(CHARGE_MAX), subject }),
  result: balanceOf,
  laneKey: ({ subject }) => ({ kind: 'user', key: subject }),
});
