/** Chooses the payment provider of a checkout. */
import type { ProviderName } from '../../commands/schemas/checkouts.ts';
import { Problem } from '../problems/problems.ts';

/** A client that names no provider gets the first of these that is on. */
const PREFERENCE: readonly ProviderName[] = ['stripe', 'sandbox'];

/**
 * @param on the providers that are on
 * @param wanted the name that the client gave
 * @throws Problem PROVIDER_NOT_FOUND
 */
export function chooseProvider(
  on: Pick<ReadonlySet<ProviderName>, 'has'>,
  wanted: string | undefined,
): ProviderName {
  const found = PREFERENCE.find((name) => on.has(name) && name === (wanted ?? name));
  if (found) return found;
  const detail =
    wanted === undefined
      ? 'Cards cannot be used here: no payment provider is on.'
      : 'Cards cannot be used here with a provider of this name.';
  throw new Problem('PROVIDER_NOT_FOUND', { detail });
}
