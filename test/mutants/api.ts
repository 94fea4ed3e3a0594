/** Mutants of the API process: acceptance, keys, outcomes, seat maps, presence. */
import type { Mutant } from './mutant.ts';

export const apiMutants: readonly Mutant[] = [];
