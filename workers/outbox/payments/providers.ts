/** The payment providers that the settings switch on. */
import type { ProviderName } from '../../../src/commands/schemas/checkouts.ts';
import type { Provider } from './provider.ts';
import { type SandboxSettings, sandboxProvider } from './sandbox.ts';
import { StripeProvider } from './stripe.ts';
import type { StripeSettings } from './stripe-client.ts';

export type Providers = ReadonlyMap<ProviderName, Provider>;

export interface ProviderSettings {
  /** undefined if the sandbox is switched off. */
  sandbox: SandboxSettings | undefined;
  /** undefined if Stripe is switched off. */
  stripe: StripeSettings | undefined;
}

export function providersOf({ sandbox, stripe }: ProviderSettings): Providers {
  const providers = new Map<ProviderName, Provider>();
  if (sandbox) providers.set('sandbox', sandboxProvider(sandbox));
  if (stripe) providers.set('stripe', new StripeProvider(stripe));
  return providers;
}
