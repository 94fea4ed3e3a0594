/** What the events of payment providers are turned into. The tests stand in for the database and the lanes. */
import pino from 'pino';
import { beforeEach, describe, expect, test } from 'vitest';
import type { ProviderName } from '../../../../src/commands/schemas/checkouts.ts';
import type { FoundCheckout } from '../../../../src/db/reads/money/checkouts.ts';
import type { EventReader, ProviderEvent } from '../../../../src/http/payments/events.ts';
import { ProviderEvents } from '../../../../src/http/payments/provider-events.ts';
import { Problem } from '../../../../src/http/problems/problems.ts';
import { Backlog } from '../../../../src/lanes/backlog.ts';
import { laneNames, laneOf } from '../../../../src/lanes/lanes.ts';
import { checkoutKey, refundKey } from '../../../../src/lanes/payment-keys.ts';
import type { SystemCommands, SystemRequest } from '../../../../src/lanes/system-commands.ts';
import { thrownBy } from '../../../support/thrown-by.ts';

const COUNTS = { seatLanes: 1, userLanes: 4 };
const LANE = laneOf({ kind: 'user', key: 'ada' }, COUNTS);
const jobOf = (letter: string) => `user-0_${letter.repeat(22)}`;
const found: FoundCheckout = {
  subject: 'ada',
  jobId: jobOf('A'),
  checkout: {
    id: 7,
    orderId: 3,
    provider: 'stripe',
    amount: 100,
    currency: 'KRW',
    state: 'paid',
    redirectUrl: null,
    expiresAt: '2026-11-28T12:10:00.000Z',
    createdAt: '2026-11-28T12:00:00.000Z',
  },
};
const REFUND = { checkoutId: 7, jobId: jobOf('B') };
const payment: ProviderEvent = {
  about: 'checkout',
  id: 'evt_1',
  key: checkoutKey({ id: 7, jobId: found.jobId }),
  checkoutId: 7,
  outcome: 'paid',
  ref: 'cs_1',
  amount: 100,
  currency: 'KRW',
};
const failedRefund: ProviderEvent = {
  about: 'refund',
  id: 'evt_2',
  key: refundKey({ ...REFUND, attempt: 2 }),
  checkoutId: 7,
  refundId: 5,
  attempt: 2,
  failure: 'expired_or_canceled_card',
};

let enqueued: { name: string; input: object; request: SystemRequest }[];
let unknown: number;
let backlog: Backlog;
let fails: Error | undefined;

beforeEach(() => {
  enqueued = [];
  unknown = 0;
  fails = undefined;
  const nothing = { waiting: 0, taken: 0, oldestAddedAt: undefined };
  const producer = { countPending: async () => nothing };
  backlog = new Backlog(producer, laneNames(COUNTS), { laneLimit: 2, now: () => 0 });
});

function accept(event: ProviderEvent | 'ignored', { at = 'stripe' as ProviderName } = {}) {
  const reader: EventReader = { signatureHeader: 'Signature', readEvent: () => event };
  const commands: Pick<SystemCommands, 'enqueue'> = {
    async enqueue({ name }, input, request) {
      if (fails) throw fails;
      enqueued.push({ name, input, request });
      return 'a job';
    },
  };
  const events = new ProviderEvents({
    readers: new Map([[at, reader]]),
    checkouts: { find: async (id) => (id === 7 ? found : undefined) },
    findRefundJob: async (id) => (id === 5 ? REFUND : undefined),
    commands,
    backlog,
    counts: COUNTS,
    now: () => 9,
    countUnknown() {
      unknown += 1;
    },
    log: pino({ level: 'silent' }),
  });
  return events.accept({ provider: at, rawBody: '', headers: new Headers() });
}

const pendingIn = (lane: string) =>
  [...backlog.entries()].find(([name]) => name === lane)?.[1] ?? { waiting: NaN, adding: NaN };

test('a payment settles its checkout, under the id of the event', async () => {
  await accept(payment);
  const { key } = payment;
  const input = { checkoutId: 7, orderId: 3, key, provider: 'stripe', outcome: 'paid' };
  expect(enqueued).toEqual([
    {
      name: 'settle-checkout',
      input: { ...input, ref: 'cs_1', amount: 100 },
      request: { subject: 'ada', receiptText: 'event stripe evt_1', acceptedAt: 9 },
    },
  ]);
  expect(pendingIn(LANE)).toMatchObject({ waiting: 1, adding: 0 });
});

test('the words of the provider about a failed refund become a line', async () => {
  await accept({ ...failedRefund, failure: `the\u0000card\n${'x'.repeat(600)}` });
  expect(enqueued).toMatchObject([
    { input: { answer: { failure: `the card ${'x'.repeat(491)}` } } },
  ]);
});

test('a refund that has failed later ends it as failed', async () => {
  await accept(failedRefund);
  const answer = { kind: 'failed', failure: 'expired_or_canceled_card' };
  expect(enqueued).toEqual([
    {
      name: 'refund-ended',
      input: { checkoutId: 7, refundId: 5, attempt: 2, key: failedRefund.key, answer },
      request: { subject: 'ada', receiptText: 'event stripe evt_2', acceptedAt: 9 },
    },
  ]);
});

test('an event of another kind enqueues nothing, and is not unknown', async () => {
  await accept('ignored');
  expect([enqueued, unknown]).toEqual([[], 0]);
});

describe('an event enqueues nothing and is counted', () => {
  test.each<[string, ProviderEvent]>([
    ['of an unknown checkout', { ...payment, checkoutId: 8 }],
    [
      'with the key of another checkout',
      { ...payment, key: checkoutKey({ id: 7, jobId: jobOf('C') }) },
    ],
    ['in another currency', { ...payment, currency: 'EUR' }],
    ['of an unknown refund', { ...failedRefund, refundId: 6 }],
    ['of a refund of another checkout', { ...failedRefund, checkoutId: 8 }],
    ['with the key of another attempt', { ...failedRefund, attempt: 1 }],
    ['with the key of the checkout', { ...failedRefund, key: payment.key }],
  ])('%s', async (_what, event) => {
    await accept(event);
    expect([enqueued, unknown]).toEqual([[], 1]);
  });

  test.each([payment, failedRefund])('of another provider', async (event) => {
    await accept(event, { at: 'sandbox' });
    expect([enqueued, unknown]).toEqual([[], 1]);
  });
});

test.each(['failed', 'expired'] as const)(
  'an event of an unknown checkout that has %s is about no money, and is not counted',
  async (outcome) => {
    await accept({ ...payment, checkoutId: 8, outcome });
    expect([enqueued, unknown]).toEqual([[], 0]);
  },
);

describe('the provider is asked to repeat an event', () => {
  test('if the lane is full', async () => {
    for (const _ of [1, 2]) backlog.noteAdding(LANE);
    const error = await thrownBy(accept(payment));
    expect(error).toBeInstanceOf(Problem);
    expect(error).toMatchObject({ code: 'LANE_FULL', details: { retryAfterSeconds: 1 } });
    expect(pendingIn(LANE)).toMatchObject({ adding: 2 });
  });

  test('if Redis is away, and the command counts as pending, because it may be', async () => {
    fails = Object.assign(new Error('Connection is closed.'), { code: 'ECONNREFUSED' });
    const error = await thrownBy(accept(payment));
    expect(error).toMatchObject({ code: 'SERVICE_UNAVAILABLE', details: { retryAfterSeconds: 1 } });
    expect(pendingIn(LANE)).toMatchObject({ waiting: 1, adding: 0 });
  });

  test('if anything else fails, as an error of ours', async () => {
    fails = new TypeError('a bug');
    expect(await thrownBy(accept(payment))).toBe(fails);
  });
});
