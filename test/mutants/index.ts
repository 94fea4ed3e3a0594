/** Every planted fault. `npm run test:mutants` runs the tests against each, and wants all of them to be found. */
import { apiMutants } from './api.ts';
import { domainMutants } from './domain.ts';
import { laneMutants } from './lanes.ts';
import { moneyMutants } from './money.ts';
import type { Mutant } from './mutant.ts';
import { paymentCallMutants } from './payment-calls.ts';
import { stripeMutants } from './stripe.ts';
import { workerMutants } from './workers.ts';

export const mutants: readonly Mutant[] = [
  ...domainMutants,
  ...laneMutants,
  ...workerMutants,
  ...paymentCallMutants,
  ...apiMutants,
  ...moneyMutants,
  ...stripeMutants,
];
