/** Requests that wait until a payment page is open. The tests set the clock. */
import type { Context } from 'hono';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { FoundCheckout } from '../../../../src/db/reads/money/checkouts.ts';
import type { ReceiptReader } from '../../../../src/db/reads/receipts.ts';
import { CheckoutWaits } from '../../../../src/http/jobs/checkout-waits.ts';
import { Waits } from '../../../../src/http/jobs/waits.ts';
import type { Announcement } from '../../../../src/lanes/announcements.ts';
import { Outcomes } from '../../../../src/lanes/outcomes.ts';

const ID = 7;
const opening: FoundCheckout = {
  subject: 'ada',
  jobId: 'user-0_AAAAAAAAAAAAAAAAAAAAAA',
  checkout: {
    id: ID,
    orderId: 3,
    provider: 'sandbox',
    amount: 100,
    currency: 'KRW',
    state: 'opening',
    redirectUrl: null,
    expiresAt: '2026-11-28T12:10:00.000Z',
    createdAt: '2026-11-28T12:00:00.000Z',
  },
};
const inState = (state: FoundCheckout['checkout']['state']): FoundCheckout => ({
  ...opening,
  checkout: { ...opening.checkout, state },
});
const announced = (name: string, result: object): Announcement => ({
  jobId: 'user-0_BBBBBBBBBBBBBBBBBBBBBB',
  name,
  outcome: { state: 'succeeded', result },
  acceptedAt: 0,
  finishedAt: 0,
});

let stored: FoundCheckout;
let reads: number;
let outcomes: Outcomes;
let waits: Waits;
let checkoutWaits: CheckoutWaits;

beforeEach(() => {
  vi.useFakeTimers();
  stored = opening;
  reads = 0;
  const nothing = { find: async () => undefined };
  outcomes = new Outcomes(nothing, nothing as unknown as ReceiptReader);
  waits = new Waits(outcomes, { max: 1, perUser: 1 });
  checkoutWaits = new CheckoutWaits(async () => {
    reads += 1;
    return stored;
  });
});
afterEach(() => {
  outcomes.close();
  vi.useRealTimers();
});

function aRequest(prefer: string | undefined = 'wait=20') {
  const c = { req: { header: () => prefer } } as unknown as Context;
  const wait = waits.open(c, 'ada', {});
  const seen: { state?: string } = {};
  const answered = checkoutWaits.untilOpened(stored, wait).then((found) => {
    seen.state = found.checkout.state;
    wait.end();
  });
  return { wait, seen, answered };
}

test('a request that does not ask to wait is answered at once', async () => {
  const { seen, answered } = aRequest('respond-async');
  await answered;
  expect([seen.state, reads]).toEqual(['opening', 0]);
});

test('a checkout that is not opening is returned at once', async () => {
  stored = inState('paid');
  const { seen, answered } = aRequest();
  await answered;
  expect([seen.state, reads]).toEqual(['paid', 0]);
});

test.each([
  ['checkout-opened', 'open', { id: ID }],
  ['settle-checkout', 'failed', { checkout: { id: ID }, order: null }],
] as const)('the announcement of %s wakes the request', async (name, state, result) => {
  const { seen } = aRequest();
  await vi.advanceTimersByTimeAsync(100);
  expect(seen.state).toBeUndefined();
  stored = inState(state);
  checkoutWaits.onAnnouncements([announced(name, result)]);
  await vi.advanceTimersByTimeAsync(0);
  expect(seen.state).toBe(state);
});

test('announcements of others wake nobody', async () => {
  aRequest();
  await vi.advanceTimersByTimeAsync(100);
  const before = reads;
  checkoutWaits.onAnnouncements([
    announced('checkout-opened', { id: ID + 1 }),
    announced('start-checkout', { id: ID }),
    announced('checkout-opened', {}),
    announced('settle-checkout', { checkout: null, order: null }),
    {
      ...announced('checkout-opened', { id: ID }),
      outcome: { state: 'failed', problem: { code: 'COMMAND_FAILED', detail: '' } },
    },
  ]);
  await vi.advanceTimersByTimeAsync(0);
  expect(reads).toBe(before);
});

test('a page whose announcement was missed is found within a second', async () => {
  const { seen } = aRequest();
  await vi.advanceTimersByTimeAsync(100);
  stored = inState('open');
  await vi.advanceTimersByTimeAsync(800);
  expect(seen.state).toBeUndefined();
  await vi.advanceTimersByTimeAsync(200);
  expect(seen.state).toBe('open');
});

test('a page that was opened between the first read and the wait is found at once', async () => {
  stored = inState('open');
  const wait = waits.open({ req: { header: () => 'wait=20' } } as unknown as Context, 'ada', {});
  const found = await checkoutWaits.untilOpened(opening, wait);
  expect(found.checkout.state).toBe('open');
});

test('a wait that times out returns the checkout as it is', async () => {
  const { seen } = aRequest('wait=3');
  await vi.advanceTimersByTimeAsync(2900);
  expect(seen.state).toBeUndefined();
  await vi.advanceTimersByTimeAsync(200);
  expect(seen.state).toBe('opening');
});

test('a wait ends with its connection, and reads no more', async () => {
  const { wait, seen } = aRequest();
  await vi.advanceTimersByTimeAsync(100);
  wait.end();
  await vi.advanceTimersByTimeAsync(0);
  expect(seen.state).toBe('opening');
  const before = reads;
  await vi.advanceTimersByTimeAsync(5000);
  expect(reads).toBe(before);
});

test('all waits end when the process stops', async () => {
  const { seen } = aRequest();
  await vi.advanceTimersByTimeAsync(100);
  checkoutWaits.stopWaiting();
  await vi.advanceTimersByTimeAsync(0);
  expect(seen.state).toBe('opening');
});

test('a request above the limit of waits is answered at once', async () => {
  aRequest();
  const { seen, answered } = aRequest();
  await answered;
  expect(seen.state).toBe('opening');
});
