/** `npm run reconcile`: the sums of card payments, and what differs among our rows or at the provider. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { differingCheckouts, sumsByCurrency } from '../../scripts/reconcile/books.ts';
import { type Compared, compareWithProviders } from '../../scripts/reconcile/compare.ts';
import { type ListPayments, paymentListsOf } from '../../scripts/reconcile/payment-lists.ts';
import { tableOfSums } from '../../scripts/reconcile/print.ts';
import { unknownPayments } from '../../scripts/reconcile/unknown.ts';
import type { FoundPayment, Provider } from '../../workers/outbox/payments/provider.ts';
import { sandboxProvider } from '../../workers/outbox/payments/sandbox.ts';
import { StripeProvider } from '../../workers/outbox/payments/stripe.ts';
import { collect } from '../support/collect.ts';
import { type CardRefunds, cardRefundsOf } from '../support/money/card-refunds.ts';
import { type Checkouts, checkoutsOf, type KnownCheckout } from '../support/money/checkouts.ts';
import { ordersOf } from '../support/orders.ts';
import { SANDBOX_SECRET, startTestSandbox, type TestSandbox } from '../support/sandbox/sandbox.ts';
import { openTestLane, type TestLane } from '../support/services/test-lane.ts';
import {
  type FakeStripe,
  STRIPE_KEY,
  STRIPE_WEBHOOK_SECRET,
  startFakeStripe,
} from '../support/stripe/fake-stripe.ts';

const SCRIPT = join(import.meta.dirname, '../../scripts/reconcile.ts');
const { signal } = new AbortController();

let lane: TestLane;
let sandbox: TestSandbox;
let stripe: FakeStripe;
let cards: CardRefunds;
let checkouts: Checkouts;
let providers: Map<'sandbox' | 'stripe', Provider>;
let scheduleId: number;
let seatIds: number[];

beforeAll(async () => {
  [lane, sandbox, stripe] = await Promise.all([
    openTestLane(),
    startTestSandbox(),
    startFakeStripe(),
  ]);
  cards = cardRefundsOf(lane);
  checkouts = checkoutsOf(lane);
  ({ id: scheduleId, seatIds } = await lane.schedule());
  providers = new Map<'sandbox' | 'stripe', Provider>([
    ['sandbox', sandboxProvider({ url: sandbox.client.url, secret: SANDBOX_SECRET })],
    ['stripe', new StripeProvider({ secretKey: STRIPE_KEY, apiUrl: stripe.url })],
  ]);
});
afterAll(async () => {
  // The audit after the tests would miss the card payments that paid these orders.
  await lane.rows(`truncate app_order, booking, command_receipt, operator_log, queue_entry cascade;
    update seat set state = 'available', held_until = null`);
  stripe.stop();
  await Promise.all([lane.stop(), sandbox.stop()]);
});
// Each test begins without card payments.
afterEach(() =>
  lane.rows(`truncate card_refund, checkout, outbox_call, payment, point_history, points`),
);

const db = (): Kysely<unknown> => lane.orm.em.getKysely();
const providerOf = ({ provider }: KnownCheckout) => providers.get(provider) as Provider;

/** Opens the page of a checkout at its provider. @returns the provider's id of the payment */
async function open(checkout: KnownCheckout): Promise<string> {
  const { id: checkoutId, key, amount, currency, expiresAt } = checkout;
  const page = await providerOf(checkout).open(
    {
      ...{ key, checkoutId, amount, currency, expiresAt: new Date(expiresAt) },
      ...{ returnUrl: 'http://localhost:3000/', what: 'Points' },
    },
    signal,
  );
  await lane.result(checkouts.opened(checkout, { kind: 'opened', ...page }));
  return page.ref;
}

const pay = async ({ provider }: KnownCheckout, ref: string) =>
  provider === 'stripe'
    ? stripe.pay(ref)
    : sandbox.client.act(`${sandbox.client.url}/pay/${ref}`, 'pay');

async function topUp(provider: 'sandbox' | 'stripe', amount = 5000) {
  const begun = await lane.result<object>(checkouts.topUp('ada', amount, { provider }));
  const checkout = await checkouts.known(begun);
  return { checkout, ref: await open(checkout) };
}

/** A top-up that was paid, here and there. */
async function paidTopUp(provider: 'sandbox' | 'stripe') {
  const made = await topUp(provider);
  await pay(made.checkout, made.ref);
  await lane.result(checkouts.settle(made.checkout, { ref: made.ref }));
  return made;
}

let buyers = 0;
/** An order of two seats at 100, paid by card, here and there. */
async function paidOrder() {
  buyers += 1;
  const buyer = await lane.buyer(`buyer ${buyers}`);
  const orders = ordersOf(lane, scheduleId);
  const order = await orders.order(buyer, seatIds.splice(0, 2));
  const checkout = await checkouts.begun(buyer, order.id);
  const ref = await open(checkout);
  await pay(checkout, ref);
  await lane.result(checkouts.settle(checkout, { ref }));
  return { ...{ buyer, subject: buyer.subject, order, checkout, ref }, orders };
}

async function refundedOrder() {
  const made = await paidOrder();
  await lane.result(made.orders.cancel(made.subject, made.order.id));
  const [refund] = await cards.refunds(made.checkout.id);
  if (!refund) throw new Error('There is no refund.');
  return { ...made, refund };
}

/** The provider carries a refund out. */
function refundThere({ checkout, ref, refund }: Awaited<ReturnType<typeof refundedOrder>>) {
  const { id: refundId, amount, attempt } = refund;
  const about = { ref, amount, currency: 'KRW', checkoutId: checkout.id, refundId, attempt };
  return providerOf(checkout).refund({ key: `refund-${refundId}-${attempt}`, ...about }, signal);
}

async function compared(given = providers, since = new Date(0)): Promise<Compared[]> {
  const comparison = { providers: given, since, firstRetryMs: 1 };
  return collect(compareWithProviders(db(), comparison));
}
const differencesOf = async (given = providers) =>
  (await compared(given)).flatMap(({ checkoutId, difference }) =>
    difference === undefined ? [] : [[checkoutId, difference]],
  );

describe('our own rows', () => {
  const differing = () => collect(differingCheckouts(db()));

  test('add up by currency', async () => {
    await paidOrder();
    const done = await refundedOrder();
    await lane.result(cards.answer(done.subject, done.refund));
    await refundedOrder();
    const failed = await refundedOrder();
    await lane.result(cards.answer(failed.subject, failed.refund, 'CARD_CLOSED'));
    const input = { refundId: failed.refund.id, as: 'points', reason: 'The card is closed' };
    await lane.result(lane.command('end-refund', { subject: 'operator', input }));
    const { checkout } = await paidTopUp('sandbox');
    await lane.rows(`update checkout set currency = 'EUR' where id = ${checkout.id}`);
    const sums = await sumsByCurrency(db());
    expect(sums).toEqual([
      {
        ...{ currency: 'EUR', captured: 5000, refunded: 0, onItsWay: 0, credited: 5000 },
        ...{ sold: 0, difference: 0 },
      },
      {
        ...{ currency: 'KRW', captured: 800, refunded: 200, onItsWay: 200, credited: 200 },
        ...{ sold: 200, difference: 0 },
      },
    ]);
    expect(await differing()).toEqual([]);
    expect(tableOfSums(sums)).toEqual([
      '     captured  refunded  credited  on its way  sold  difference',
      'EUR      5000         0      5000           0     0           0',
      'KRW       800       200       200         200   200           0',
    ]);
  });

  test('show each checkout that differs by its id', async () => {
    await paidOrder();
    const { checkout, refund } = await refundedOrder();
    await lane.rows(`delete from card_refund where id = ${refund.id}`);
    expect(await differing()).toMatchObject([{ id: checkout.id, captured: 200, difference: 200 }]);
    expect(await sumsByCurrency(db())).toMatchObject([{ captured: 400, difference: 200 }]);
  });

  test('without a card payment are a sentence', async () => {
    expect(tableOfSums(await sumsByCurrency(db()))).toEqual([
      'No card payment has captured money yet.',
    ]);
  });
});

describe('the provider', () => {
  test('agrees about payments, refunds, and what is over or live', async () => {
    await paidOrder();
    await paidTopUp('stripe');
    const done = await refundedOrder();
    await refundThere(done);
    await lane.result(cards.answer(done.subject, done.refund));
    await refundedOrder();
    await refundThere(await refundedOrder());
    const { checkout, ref } = await topUp('stripe');
    await providerOf(checkout).expire(ref, signal);
    await lane.result(checkouts.settle(checkout, { outcome: 'expired', amount: undefined, ref }));
    const live = await topUp('sandbox');
    await pay(live.checkout, live.ref);
    expect(await compared()).toHaveLength(7);
    expect(await differencesOf()).toEqual([]);
  });

  test.each(['sandbox', 'stripe'] as const)(
    'has money of which we know nothing: %s',
    async (name) => {
      const { checkout, ref } = await topUp(name);
      await pay(checkout, ref);
      await lane.result(checkouts.settle(checkout, { outcome: 'expired', amount: undefined, ref }));
      expect(await differencesOf()).toEqual([[checkout.id, 'captured 0 KRW here, 5000 there']]);
    },
  );

  test.each(['sandbox', 'stripe'] as const)('has no such payment: %s', async (name) => {
    const { checkout } = await paidTopUp(name);
    await lane.rows(`update checkout set provider_ref = 'unknown' where id = ${checkout.id}`);
    const [[id, difference] = []] = await differencesOf();
    expect(id).toBe(checkout.id);
    expect(difference).toContain('captured 5000 here, but the provider does not know unknown');
  });

  test('has forgotten a page that took no money, which is no difference', async () => {
    const { checkout, ref } = await topUp('sandbox');
    await lane.result(checkouts.settle(checkout, { outcome: 'expired', amount: undefined, ref }));
    await lane.rows(`update checkout set provider_ref = 'unknown' where id = ${checkout.id}`);
    expect(await differencesOf()).toEqual([]);
  });

  test('has refunded more than we know, as by hand in the dashboard', async () => {
    const { checkout, ref } = await paidTopUp('stripe');
    stripe.refundByHand(ref, 700);
    expect(await differencesOf()).toEqual([[checkout.id, 'refunded 0 KRW here, 700 there']]);
  });

  test('has not refunded what is done here', async () => {
    const { checkout, subject, refund } = await refundedOrder();
    await lane.result(cards.answer(subject, refund));
    expect(await differencesOf()).toEqual([[checkout.id, 'refunded 200 KRW here, 0 there']]);
  });

  test('has the payment of another checkout, or in another currency', async () => {
    const one = await paidTopUp('stripe');
    const other = await topUp('stripe');
    await lane.rows(`update checkout set provider_ref = 'x' where id = ${other.checkout.id};
      update checkout set provider_ref = '${other.ref}' where id = ${one.checkout.id}`);
    expect(await differencesOf()).toEqual([
      [
        one.checkout.id,
        `the payment ${other.ref} is of another checkout, with the key ${other.checkout.key}`,
      ],
    ]);
    await lane.rows(`update checkout set provider_ref = '${one.ref}', currency = 'EUR'
      where id = ${one.checkout.id}`);
    expect(await differencesOf()).toEqual([[one.checkout.id, 'is in EUR here, in KRW there']]);
  });

  test('that is switched off is a difference', async () => {
    const { checkout } = await paidTopUp('stripe');
    const [[id, difference] = []] = await differencesOf(new Map());
    expect(id).toBe(checkout.id);
    expect(difference).toContain('was not compared');
  });

  test('is asked again after errors, and about what differed at the first look', async () => {
    const { checkout } = await paidTopUp('stripe');
    const { key } = checkout;
    const found: FoundPayment = {
      key,
      state: 'paid',
      captured: 5000,
      refunded: 0,
      currency: 'KRW',
    };
    const answers: (FoundPayment | Error)[] = [
      new Error('Not now.'),
      { ...found, captured: 0 },
      new Error('Not now.'),
      found,
    ];
    const find = async () => {
      const answer = answers.shift();
      if (!answer || answer instanceof Error) throw answer ?? new Error('No more answers.');
      return answer;
    };
    expect(await differencesOf(new Map([['stripe', { find } as unknown as Provider]]))).toEqual([]);
    expect(answers).toEqual([]);
  });

  test('is not asked about checkouts that began before `since`', async () => {
    await paidTopUp('stripe');
    expect(await compared(providers, new Date(Date.now() + 60_000))).toEqual([]);
  });
});

describe.each(['sandbox', 'stripe'] as const)('payments at %s', (name) => {
  /** Those that began in this test: others are of checkouts that were deleted after theirs. */
  async function unknown(since: Date): Promise<string[]> {
    const lists = paymentListsOf({
      sandbox: { url: sandbox.client.url, secret: SANDBOX_SECRET },
      stripe: { secretKey: STRIPE_KEY, apiUrl: stripe.url },
    });
    const list = lists.get(name);
    if (!list) throw new Error(`There is no list of ${name}.`);
    return collect(unknownPayments(db(), name, list(since)));
  }
  const keysIn = (lines: readonly string[], { key }: KnownCheckout) =>
    lines.filter((line) => line.includes(key));

  test('of checkouts that a failover has lost are listed, and others are not', async () => {
    const since = new Date(Date.now() - 1000);
    const known = await paidTopUp(name);
    await topUp(name);
    const lost = await paidTopUp(name);
    expect(keysIn(await unknown(since), lost.checkout)).toEqual([]);
    await lane.rows(`delete from checkout where id = ${lost.checkout.id}`);
    const lines = await unknown(since);
    expect(keysIn(lines, lost.checkout)).toEqual([
      `payment ${lost.ref} of 5000 KRW at ${name}, with the key ${lost.checkout.key}: there is no such checkout here`,
    ]);
    expect(keysIn(lines, known.checkout)).toEqual([]);
    expect(keysIn(await unknown(new Date(Date.now() + 60_000)), lost.checkout)).toEqual([]);
  });

  test('of checkouts whose id was given out again are listed', async () => {
    const since = new Date(Date.now() - 1000);
    const { checkout } = await paidTopUp(name);
    await lane.rows(`update checkout set job_id = 'user-0_' || substr(md5('x'), 1, 22)
      where id = ${checkout.id}`);
    expect(keysIn(await unknown(since), checkout)).toHaveLength(1);
  });

  test('under another reference than that of the checkout are listed', async () => {
    const since = new Date(Date.now() - 1000);
    const { checkout } = await paidTopUp(name);
    expect(keysIn(await unknown(since), checkout)).toEqual([]);
    await lane.rows(`update checkout set provider_ref = 'another' where id = ${checkout.id}`);
    const lines = await unknown(since);
    expect(keysIn(lines, checkout)).toEqual([
      expect.stringMatching(`checkout ${checkout.id} has the payment another instead`),
    ]);
  });

  test('of checkouts that are over and never got the reference are listed', async () => {
    const since = new Date(Date.now() - 1000);
    const { checkout, ref } = await topUp(name);
    await pay(checkout, ref);
    expect(keysIn(await unknown(since), checkout)).toEqual([]);
    await lane.rows(`update checkout set provider_ref = null, state = 'failed', look_at = null
      where id = ${checkout.id}`);
    expect(keysIn(await unknown(since), checkout)).toHaveLength(1);
  });
});

test('payments at Stripe are listed although a request fails', async () => {
  const since = new Date(Date.now() - 1000);
  const { checkout } = await paidTopUp('stripe');
  const list = paymentListsOf({
    sandbox: undefined,
    stripe: { secretKey: STRIPE_KEY, apiUrl: stripe.url },
  }).get('stripe') as ListPayments;
  stripe.failNextRead({ status: 503, error: { type: 'api_error', message: 'Not now.' } });
  const keys = (await collect(list(since))).map(({ key }) => key);
  expect(keys).toContain(checkout.key);
});

describe('the script', () => {
  // The payments of the other tests have lost their checkouts.
  beforeAll(async () => {
    stripe.stop();
    stripe = await startFakeStripe();
    providers.set('stripe', new StripeProvider({ secretKey: STRIPE_KEY, apiUrl: stripe.url }));
  });

  /** @returns its exit status and what it printed */
  function run(...words: string[]): Promise<{ status: number; printed: string }> {
    const { databaseUrl } = lane.config;
    const env = {
      DATABASE_URL: databaseUrl,
      REDIS_URL: 'redis://127.0.0.1:1',
      JWT_SECRET: 'x'.repeat(48),
      RETURN_ORIGINS: 'https://shop.example',
      STRIPE_SECRET_KEY: STRIPE_KEY,
      STRIPE_WEBHOOK_SECRET,
      STRIPE_API_URL: stripe.url,
    };
    return new Promise((resolve) => {
      const child = execFile(process.execPath, [SCRIPT, ...words], { env }, (_, stdout, stderr) =>
        resolve({ status: child.exitCode ?? -1, printed: stdout + stderr }),
      );
    });
  }

  test('exits with 0 if nothing differs, and with 1 and the id if something does', async () => {
    const { checkout, ref } = await paidTopUp('stripe');
    expect(await run('--provider')).toMatchObject({ status: 0 });
    stripe.refundByHand(ref, 700);
    expect(await run()).toMatchObject({ status: 0 });
    const { status, printed } = await run('--provider');
    expect(printed).toContain(`checkout ${checkout.id}: refunded 0 KRW here, 700 there`);
    expect(status).toBe(1);
    await lane.rows(`delete from point_history`);
    const books = await run();
    expect(books.printed).toContain(`checkout ${checkout.id}: captured 5000 KRW`);
    expect(books.status).toBe(1);
  });

  test('needs a date after --since', async () => {
    expect(await run('--since', 'yesterday')).toMatchObject({ status: 2 });
  });
});
