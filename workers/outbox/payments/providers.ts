/** The payment providers that the settings switch on. */
import type { ProviderName } from '../../../src/commands/schemas/checkouts.ts';
import type { Provider } from './provider.ts';
import { type SandboxSettings, sandboxProvider } from './sandbox.ts';

export type Providers = ReadonlyMap<ProviderName, Provider>;

export interface ProviderSettings {
  /** undefined if the sandbox is switched off. */
  sandbox: SandboxSettings | undefined;
}

export function providersOf({ sandbox }: ProviderSettings): Providers {
  const providers = new Map<ProviderName, Provider>();
  if (sandbox) providers.set('sandbox', sandboxProvider(sandbox));
  return providers;
}
