/** Events of payment providers: what is enqueued, and what is refused. */
import pino from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { SANDBOX_SIGNATURE } from '../../../../src/http/payments/sandbox-signature.ts';
import { jobIdOf, receiptIdOfKey } from '../../../../src/lanes/job-id.ts';
import { laneOf } from '../../../../src/lanes/lanes.ts';
import { SYSTEM } from '../../../../src/lanes/system-commands.ts';
import { sampleOf, samplesOf } from '../../../support/deploy/metric-samples.ts';
import type { Answer, RequestOptions } from '../../../support/http/client.ts';
import { type LaneJobs, laneJobsOf } from '../../../support/http/enqueued-jobs.ts';
import { expectProblem } from '../../../support/http/problems.ts';
import {
  eventOf,
  signedRequest,
  WITH_SANDBOX,
  type WrittenCheckout,
  writeCheckout,
} from '../../../support/sandbox/written-checkouts.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';

let seatlane: TestSeatlane;
let jobs: LaneJobs;
let checkout: WrittenCheckout;
const logged: { msg: string; level: number }[] = [];

beforeAll(async () => {
  const log = pino({ level: 'warn' }, { write: (line) => logged.push(JSON.parse(line)) });
  seatlane = await startSeatlane({ settings: WITH_SANDBOX, workers: 0, log });
  await seatlane.rows(`insert into app_user (subject) values ('ada')`);
  checkout = await writeCheckout(seatlane.rows, 'ada');
  jobs = laneJobsOf(seatlane);
});
afterAll(async () => {
  await jobs.close();
  // The audit would miss what began these checkouts.
  await seatlane.rows('delete from checkout');
  await seatlane.stop();
});
afterEach(async () => {
  await jobs.clear();
  logged.length = 0;
});

const post = (request: RequestOptions, provider = 'sandbox'): Promise<Answer> =>
  seatlane.client.request('POST', `/payments/${provider}/events`, request);
const send = (fields: object = {}) => post(signedRequest(eventOf(checkout, fields)));
async function unknownPayments(): Promise<number | undefined> {
  const { body } = await seatlane.client.request('GET', '/metrics');
  return sampleOf(samplesOf(body), 'seatlane_payments_unknown_total');
}

describe('an event', () => {
  test('of a payment is enqueued for the user of the checkout, under its id', async () => {
    const answer = await send();
    expect([answer.status, answer.body]).toEqual([200, { received: true }]);
    const { id: checkoutId, key } = checkout;
    const lane = laneOf({ kind: 'user', key: 'ada' }, seatlane.config);
    const receiptId = receiptIdOfKey(SYSTEM, `event sandbox evt_${checkoutId}`);
    expect(await jobs.waiting()).toEqual([
      {
        id: jobIdOf(lane, receiptId),
        name: 'settle-checkout',
        accepted: {
          subject: 'ada',
          requestHash: '',
          acceptedAt: expect.any(Number),
          input: {
            checkoutId,
            orderId: null,
            key,
            provider: 'sandbox',
            outcome: 'paid',
            ref: `chk_${checkoutId}`,
            amount: 12_000,
          },
        },
      },
    ]);
  });

  test.each(['failed', 'expired'])('of a checkout that has %s names no amount', async (outcome) => {
    expect((await send({ type: `checkout.${outcome}` })).status).toBe(200);
    const [job] = await jobs.waiting();
    expect(job?.accepted.input).toMatchObject({ outcome });
    expect(job?.accepted.input).not.toHaveProperty('amount');
  });

  test('that is repeated is enqueued once', async () => {
    const answers = await Promise.all([send(), send(), send()]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await jobs.waiting()).toHaveLength(1);
  });

  test('of another kind is acknowledged and changes nothing', async () => {
    expect((await send({ type: 'payout.paid' })).status).toBe(200);
    expect(await jobs.waiting()).toEqual([]);
  });

  test('may have any content type and 256 KiB, and not more', async () => {
    const padded = (bytes: number) => {
      const event = eventOf(checkout, { padding: '' });
      const length = bytes - JSON.stringify(event).length;
      return signedRequest({ ...event, padding: 'x'.repeat(length) });
    };
    const fitting = padded(256 * 1024);
    const headers = { ...fitting.headers, 'Content-Type': 'text/plain' };
    expect((await post({ ...fitting, headers })).status).toBe(200);
    expectProblem(await post(padded(256 * 1024 + 1)), 413, 'BODY_TOO_LARGE');
  });

  test('needs no access token, and ignores a wrong one', async () => {
    const request = signedRequest(eventOf(checkout));
    expect((await post({ ...request, token: 'nonsense' })).status).toBe(200);
  });
});

describe('an event is refused', () => {
  afterEach(async () => {
    expect(await jobs.waiting()).toEqual([]);
  });

  const right = () => signedRequest(eventOf(checkout));
  const signature = (request: RequestOptions) => request.headers?.[SANDBOX_SIGNATURE] ?? '';

  test.each<[string, () => RequestOptions]>([
    ['without a signature', () => ({ ...right(), headers: {} })],
    ['with an empty signature', () => ({ ...right(), headers: { [SANDBOX_SIGNATURE]: '' } })],
    ['after a change of its body', () => ({ ...right(), text: `${right().text} ` })],
    [
      'with the signature of another event',
      () => ({
        ...right(),
        headers: signedRequest(eventOf(checkout, { amount: 1 })).headers ?? {},
      }),
    ],
    [
      'signed with another secret',
      () => signedRequest(eventOf(checkout), { secret: 'x'.repeat(32) }),
    ],
    [
      'signed six minutes ago',
      () => signedRequest(eventOf(checkout), { now: Date.now() - 360_000 }),
    ],
    [
      'signed six minutes ahead',
      () => signedRequest(eventOf(checkout), { now: Date.now() + 360_000 }),
    ],
    [
      'with a new time for an old signature',
      () => {
        const old = signedRequest(eventOf(checkout), { now: Date.now() - 360_000 });
        const seconds = Math.floor(Date.now() / 1000);
        return {
          ...old,
          headers: { [SANDBOX_SIGNATURE]: signature(old).replace(/^t=\d+/, `t=${seconds}`) },
        };
      },
    ],
    ['without a body', () => ({ headers: right().headers ?? {} })],
    ['that is not JSON', () => ({ text: '{', headers: right().headers ?? {} })],
  ])('%s', async (_why, request) => {
    expectProblem(await post(request()), 400, 'PROVIDER_SIGNATURE_INVALID');
  });

  test.each(['stripe', 'Sandbox', 'paypal', '1'])(
    'of the provider %s, which is off here or unknown',
    async (name) => {
      expectProblem(await post(right(), name), 404, 'PROVIDER_NOT_FOUND');
    },
  );
});

describe('an event about a payment that is unknown here', () => {
  test.each<[string, string, () => object]>([
    ['checkout', 'no such checkout', () => ({ checkoutId: 999_999 })],
    ['key', 'another key', () => ({ key: `checkout-${checkout.id}-${'B'.repeat(22)}` })],
    ['currency', 'another currency', () => ({ currency: 'EUR' })],
  ])(
    'with another %s is acknowledged, counted and logged, and changes nothing',
    async (_what, difference, fields) => {
      const before = (await unknownPayments()) ?? 0;
      expect((await send(fields())).status).toBe(200);
      expect(await jobs.waiting()).toEqual([]);
      expect(await unknownPayments()).toBe(before + 1);
      expect(logged).toMatchObject([
        { level: 50, provider: 'sandbox', difference, outcome: 'paid' },
      ]);
    },
  );

  test('that took no money is acknowledged and logged as a warning, and not counted', async () => {
    const before = await unknownPayments();
    expect((await send({ checkoutId: 999_999, type: 'checkout.expired' })).status).toBe(200);
    expect(await unknownPayments()).toBe(before);
    expect(logged).toMatchObject([{ level: 40, outcome: 'expired' }]);
  });

  test('at another provider is acknowledged and counted too', async () => {
    const others = await writeCheckout(seatlane.rows, 'ada', { provider: `'stripe'` });
    const before = (await unknownPayments()) ?? 0;
    expect((await post(signedRequest(eventOf(others)))).status).toBe(200);
    expect(await jobs.waiting()).toEqual([]);
    expect(await unknownPayments()).toBe(before + 1);
    expect(logged).toMatchObject([{ difference: 'another provider' }]);
  });
});

test('a signed event that is not as documented is an error of ours, so that the provider repeats it', async () => {
  expectProblem(await send({ amount: 0 }), 500, 'INTERNAL_ERROR');
  expect(await jobs.waiting()).toEqual([]);
});

test('a full lane has the provider repeat the event', async () => {
  const settings = { ...WITH_SANDBOX, LANE_LIMIT: '1' };
  const full = await startSeatlane({ services: seatlane.services, settings, workers: 0 });
  const token = await full.client.tokenFor('ada');
  await full.client.request('POST', '/points/charge', { token, body: { amount: 5 } });
  const request = signedRequest(eventOf(checkout));
  const answer = await full.client.request('POST', '/payments/sandbox/events', request);
  expectProblem(answer, 503, 'LANE_FULL');
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  expect((await jobs.waiting()).map(({ name }) => name)).toEqual(['charge-points']);
  await full.stop();
});
