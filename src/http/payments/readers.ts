/** The payment providers whose events this API accepts: those that the settings turn on. */
import type { ProviderName } from '../../commands/schemas/checkouts.ts';
import { Problem } from '../problems/problems.ts';
import type { EventReader } from './events.ts';
import { sandboxEvents } from './sandbox-events.ts';
import { stripeEvents } from './stripe-events.ts';

export type EventReaders = ReadonlyMap<ProviderName, EventReader>;

/** What the readers need of the settings; undefined for a provider that is off. */
export interface ReaderSettings {
  readonly sandbox: { readonly secret: string } | undefined;
  readonly stripe: { readonly webhookSecret: string } | undefined;
}

export function readersOf({ sandbox, stripe }: ReaderSettings): Map<ProviderName, EventReader> {
  const readers = new Map<ProviderName, EventReader>();
  if (sandbox) readers.set('sandbox', sandboxEvents(sandbox.secret));
  if (stripe) readers.set('stripe', stripeEvents(stripe.webhookSecret));
  return readers;
}

/** @param provider as in the path @throws Problem PROVIDER_NOT_FOUND */
export function readerOf(readers: EventReaders, provider: string): EventReader {
  const reader = readers.get(provider as ProviderName);
  if (reader) return reader;
  const detail = 'This API accepts no events of a provider of this name.';
  throw new Problem('PROVIDER_NOT_FOUND', { detail });
}
