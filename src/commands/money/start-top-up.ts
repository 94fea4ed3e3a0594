/** Begins to buy points by card: a checkout without an order. */
import { z } from 'zod';
import { byUser, defineCommand } from '../command.ts';
import { CHARGE_MAX } from '../points/charge-points.ts';
import { checkout, PROVIDERS } from '../schemas/checkouts.ts';
import { returnUrl } from './start-checkout.ts';

export const startTopUp = defineCommand({
  name: 'start-top-up',
  input: z.strictObject({
    amount: z.int().min(1).max(CHARGE_MAX),
    returnUrl,
    provider: z.enum(PROVIDERS),
  }),
  result: checkout,
  laneKey: byUser,
});

export type StartTopUp = z.infer<typeof startTopUp.input>;
