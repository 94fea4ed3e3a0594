/** Events of Stripe over HTTP: one that Stripe has signed is enqueued. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LaneJobs, laneJobsOf } from '../../../support/http/enqueued-jobs.ts';
import { expectProblem } from '../../../support/http/problems.ts';
import { type WrittenCheckout, writeCheckout } from '../../../support/sandbox/written-checkouts.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';
import {
  FakeStripe,
  type SignedEvent,
  STRIPE_KEY,
  STRIPE_WEBHOOK_SECRET,
} from '../../../support/stripe/fake-stripe.ts';

let seatlane: TestSeatlane;
let jobs: LaneJobs;
let checkout: WrittenCheckout;

beforeAll(async () => {
  const STRIPE = { STRIPE_SECRET_KEY: STRIPE_KEY, STRIPE_WEBHOOK_SECRET };
  const settings = { ...STRIPE, RETURN_ORIGINS: 'https://shop.example' };
  seatlane = await startSeatlane({ settings, workers: 0 });
  await seatlane.rows(`insert into app_user (subject) values ('ada')`);
  checkout = await writeCheckout(seatlane.rows, 'ada', { provider: `'stripe'` });
  jobs = laneJobsOf(seatlane);
});
afterAll(async () => {
  await jobs.clear();
  await jobs.close();
  // The audit would miss what began this checkout.
  await seatlane.rows('delete from checkout');
  await seatlane.stop();
});

function paidEvent(): SignedEvent {
  const { id, key } = checkout;
  return new FakeStripe().event('checkout.session.completed', {
    id: 'cs_test_1',
    payment_status: 'paid',
    amount_total: 12_000,
    currency: 'krw',
    metadata: { checkoutId: String(id), key },
  });
}

const post = ({ body: text, headers }: SignedEvent, provider = 'stripe') =>
  seatlane.client.request('POST', `/payments/${provider}/events`, {
    text,
    headers: Object.fromEntries(headers),
  });

test('a signed event settles its checkout', async () => {
  const answer = await post(paidEvent());
  expect([answer.status, answer.body]).toEqual([200, { received: true }]);
  const [job] = await jobs.waiting();
  expect(job).toMatchObject({
    name: 'settle-checkout',
    accepted: {
      subject: 'ada',
      input: { checkoutId: checkout.id, provider: 'stripe', outcome: 'paid', ref: 'cs_test_1' },
    },
  });
  await jobs.clear();
});

test('an event after a change of its body is refused', async () => {
  const { body, headers } = paidEvent();
  const answer = await post({ body: body.replace('12000', '12001'), headers });
  expectProblem(answer, 400, 'PROVIDER_SIGNATURE_INVALID');
  expect(await jobs.waiting()).toEqual([]);
});

test('an event of the sandbox, which is off, is refused', async () => {
  expectProblem(await post(paidEvent(), 'sandbox'), 404, 'PROVIDER_NOT_FOUND');
});
