/** The provider of a checkout. */
import { expect, test } from 'vitest';
import type { ProviderName } from '../../../../src/commands/schemas/checkouts.ts';
import { chooseProvider } from '../../../../src/http/payments/choose-provider.ts';
import { Problem } from '../../../../src/http/problems/problems.ts';
import { thrownBy } from '../../../support/thrown-by.ts';

const choose = (on: ProviderName[], wanted?: string) => chooseProvider(new Set(on), wanted);

test('a client that names no provider gets Stripe if it is on, else the sandbox', () => {
  expect(choose(['sandbox', 'stripe'])).toBe('stripe');
  expect(choose(['sandbox'])).toBe('sandbox');
});

test('a provider that is on can be named', () => {
  expect(choose(['sandbox', 'stripe'], 'sandbox')).toBe('sandbox');
});

test.each<[string, ProviderName[], string | undefined]>([
  ['no provider is on', [], undefined],
  ['the named provider is off', ['sandbox'], 'stripe'],
  ['there is no provider of this name', ['sandbox', 'stripe'], 'paypal'],
  ['the name differs in case', ['sandbox'], 'Sandbox'],
])('a checkout is refused if %s', async (_why, on, wanted) => {
  const error = await thrownBy((async () => choose(on, wanted))());
  expect(error).toBeInstanceOf(Problem);
  expect((error as Problem).code).toBe('PROVIDER_NOT_FOUND');
});
