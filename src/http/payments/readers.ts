/** The payment providers whose events this API accepts: those that the settings turn on. */
import type { ProviderName } from '../../commands/schemas/checkouts.ts';
import type { EventReader } from './events.ts';
import { sandboxEvents } from './sandbox-events.ts';

export type EventReaders = ReadonlyMap<ProviderName, EventReader>;

/** What the readers need of the settings; undefined for a provider that is off. */
export interface ReaderSettings {
  readonly sandbox: { readonly secret: string } | undefined;
}

export function readersOf({ sandbox }: ReaderSettings): Map<ProviderName, EventReader> {
  const readers = new Map<ProviderName, EventReader>();
  if (sandbox) readers.set('sandbox', sandboxEvents(sandbox.secret));
  return readers;
}
