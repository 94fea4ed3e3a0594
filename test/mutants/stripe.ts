/** Mutants of Stripe's adapter, of the reader of its events, and of the sums of card payments. */
import type { Mutant } from './mutant.ts';

const ADAPTER = 'test/integration/workers/outbox/payments/stripe.test.ts';

export const stripeMutants: readonly Mutant[] = [
  {
    name: 'a refund is paid again once Stripe has forgotten its key',
    file: 'workers/outbox/payments/stripe.ts',
    find: 'if (made) return { ref: made.id };',
    replace: '',
    tests: [ADAPTER],
  },
  {
    name: 'a refund of another owed amount with the same id is taken for this one',
    file: 'workers/outbox/payments/stripe.ts',
    find: "return owedBy(metadata.key ?? '', metadata.attempt ?? '') === owed;",
    replace: "return owedBy(metadata.key ?? '', metadata.attempt ?? '') !== '' || owed === '';",
    tests: [ADAPTER],
  },
  {
    name: 'a page that is being paid counts as closed',
    file: 'workers/outbox/payments/stripe.ts',
    find: "if (status === 'open') throw error;",
    replace: "if (status === 'none') throw error;",
    tests: [ADAPTER],
  },
  {
    name: 'a key used for another request is taken for a refusal of the payment',
    file: 'workers/outbox/payments/stripe-client.ts',
    find: "type === 'StripeCardError'",
    replace: "type === 'StripeIdempotencyError'",
    tests: [ADAPTER],
  },
  {
    name: 'a completed session without money pays',
    file: 'src/http/payments/stripe-events.ts',
    find: "const isPaid = payment === 'paid';",
    replace: "const isPaid = payment !== '';",
    tests: ['test/unit/http/payments/stripe-events.test.ts'],
  },
  {
    name: 'money that the provider has refunded without us is no difference',
    file: 'scripts/reconcile/compare.ts',
    find: 'if (found.refunded >= done && found.refunded <= done + perhaps) return undefined;',
    replace: 'if (found.refunded >= done) return undefined;',
    tests: ['test/integration/reconcile.test.ts'],
  },
];
