/** Stripe's adapter with a fake Stripe, for the tests that all payment providers share. */
import { StripeProvider } from '../../../workers/outbox/payments/stripe.ts';
import { STRIPE_KEY, startFakeStripe } from './fake-stripe.ts';

/** @returns what `provider-contract.ts` needs */
export async function startStripe() {
  const fake = await startFakeStripe();
  const withKey = (secretKey: string) => new StripeProvider({ secretKey, apiUrl: fake.url });
  return {
    provider: withKey(STRIPE_KEY),
    stranger: withKey('sk_test_of_another_account'),
    async pay(redirectUrl: string) {
      fake.pay(redirectUrl.slice(redirectUrl.lastIndexOf('/') + 1));
    },
    async goDown() {
      fake.isDown = true;
    },
    async closeCards() {
      fake.beginRefundsAs('failed', 'expired_or_canceled_card');
    },
    async recover() {
      fake.isDown = false;
      fake.beginRefundsAs('succeeded');
    },
    async stop() {
      fake.stop();
    },
  };
}
