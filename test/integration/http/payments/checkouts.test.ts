/** Beginning card payments over HTTP, and reading them, with each refusal of the routes. */
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Order } from '../../../../src/commands/schemas/resources.ts';
import { announce } from '../../../../src/lanes/announcements.ts';
import type { AdmittedUser } from '../../../support/http/client.ts';
import { type LaneJobs, laneJobsOf } from '../../../support/http/enqueued-jobs.ts';
import { expectProblem } from '../../../support/http/problems.ts';
import { JOB_ID, WITH_SANDBOX, writeCheckout } from '../../../support/sandbox/written-checkouts.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';

const RETURN_URL = 'https://shop.example/thanks?lang=ko#top';

let seatlane: TestSeatlane;
let jobs: LaneJobs;
let ada: AdmittedUser;
/** Has left the queue. */
let gone: AdmittedUser;
let order: Order;

beforeAll(async () => {
  seatlane = await startSeatlane({ settings: WITH_SANDBOX, workers: 0 });
  const worker = await seatlane.addWorker();
  const { id: scheduleId, seats } = await seatlane.client.schedule();
  ada = await seatlane.client.admitted('ada');
  await seatlane.client.admitted('eve');
  gone = await seatlane.client.admitted('gone');
  await seatlane.client.command('DELETE', '/users/queue', gone);
  const body = { scheduleId, seatIds: [seats[0]?.id] };
  ({ result: order } = (await seatlane.client.command('POST', '/orders', { ...ada, body })).body);
  // From here on, commands stay in their lanes.
  await worker.stop();
  jobs = laneJobsOf(seatlane);
  await jobs.clear();
});
afterAll(async () => {
  await jobs.close();
  // The audit would miss what began these checkouts.
  await seatlane.rows('delete from checkout');
  await seatlane.stop();
});
afterEach(() => jobs.clear());

const post = (path: string, body: object, user: Partial<AdmittedUser> = ada) =>
  seatlane.client.request('POST', path, { ...user, body });
const begin = (body: object) => post(`/orders/${order.id}/checkout`, body);
const topUp = (body: object) => post('/points/checkout', body, { token: ada.token });
const read = (checkoutId: number, user: Partial<AdmittedUser> = ada, wait?: number) =>
  seatlane.client.request('GET', `/checkouts/${checkoutId}`, {
    token: user.token,
    headers: wait === undefined ? {} : { Prefer: `wait=${wait}` },
  });

describe('a checkout of an order', () => {
  test('is begun by a command in the lane of the user, at the provider that is on', async () => {
    const { status, body, headers } = await begin({ returnUrl: RETURN_URL });
    expect(status).toBe(202);
    expect(headers.get('location')).toBe(`/jobs/${body.id}`);
    expect(body).toMatchObject({ command: 'start-checkout', state: 'queued' });
    const [job] = await jobs.waiting();
    expect(job).toMatchObject({
      id: body.id,
      name: 'start-checkout',
      accepted: {
        subject: 'ada',
        input: { orderId: order.id, returnUrl: RETURN_URL, provider: 'sandbox' },
        entryId: expect.any(Number),
      },
    });
  });

  test('stores the return address in its normal form', async () => {
    const returnUrl = ' https://SHOP.example:443\\thanks ';
    expect((await begin({ returnUrl, provider: 'sandbox' })).status).toBe(202);
    const [job] = await jobs.waiting();
    expect(job?.accepted.input).toMatchObject({ returnUrl: 'https://shop.example/thanks' });
  });

  test('is begun once for each idempotency key', async () => {
    const headers = { 'Idempotency-Key': 'one checkout' };
    const send = (returnUrl: string) =>
      seatlane.client.request('POST', `/orders/${order.id}/checkout`, {
        ...ada,
        headers,
        body: { returnUrl },
      });
    const [one, two] = [await send(RETURN_URL), await send(RETURN_URL)];
    expect(two.body.id).toBe(one.body.id);
    expect(await jobs.waiting()).toHaveLength(1);
    expectProblem(await send('https://shop.example/'), 422, 'IDEMPOTENCY_KEY_REUSED');
  });

  test('needs a queue token, of whose entry only the worker decides', async () => {
    const path = `/orders/${order.id}/checkout`;
    const body = { returnUrl: RETURN_URL };
    expectProblem(await post(path, body, { token: ada.token }), 403, 'QUEUE_TOKEN_REQUIRED');
    expect((await post(path, body, gone)).status).toBe(202);
    const [job] = await jobs.waiting();
    expect(job?.accepted).toMatchObject({ subject: 'gone', entryId: expect.any(Number) });
  });
});

describe.each([
  ['of an order', (body: object) => begin(body)],
  ['for points', (body: object) => topUp({ amount: 5000, ...body })],
])('a checkout %s is refused', (_what, send) => {
  afterEach(async () => {
    expect(await jobs.waiting()).toEqual([]);
  });

  test.each(['stripe', 'paypal', 'Sandbox'])('at the provider %s', async (provider) => {
    expectProblem(await send({ returnUrl: RETURN_URL, provider }), 404, 'PROVIDER_NOT_FOUND');
  });

  test.each([
    ['of another origin', 'https://evil.example/'],
    ['that only looks like an allowed one', 'https://shop.example.evil.example/'],
    ['with a login', 'https://ada:secret@shop.example/'],
    ['that is no web address', 'javascript:alert(1)'],
    ['that is too long', `https://shop.example/${'x'.repeat(2000)}`],
    ['that is missing', undefined],
  ])('with a return address %s', async (_why, returnUrl) => {
    const answer = await send({ returnUrl });
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    expect(answer.body.errors).toMatchObject([{ path: 'returnUrl' }]);
  });

  test('with an unknown field', async () => {
    const answer = await send({ returnUrl: RETURN_URL, currency: 'EUR' });
    expectProblem(answer, 400, 'VALIDATION_FAILED');
  });
});

describe('a checkout for points', () => {
  test('is begun by a command in the lane of the user, without a queue token', async () => {
    const { status } = await topUp({ amount: 5000, returnUrl: 'http://localhost:3000/' });
    expect(status).toBe(202);
    const [job] = await jobs.waiting();
    expect(job).toMatchObject({
      name: 'start-top-up',
      accepted: {
        subject: 'ada',
        input: { amount: 5000, returnUrl: 'http://localhost:3000/', provider: 'sandbox' },
      },
    });
  });

  test.each([0, -1, 1.5, 10_000_001, '5', undefined])('of %j is refused', async (amount) => {
    expectProblem(await topUp({ amount, returnUrl: RETURN_URL }), 400, 'VALIDATION_FAILED');
  });
});

test('without a provider nobody can pay by card, and the page does not offer it', async () => {
  const { services } = seatlane;
  const closed = await startSeatlane({ services, workers: 0 });
  const body = { amount: 5, returnUrl: RETURN_URL };
  const request = { token: ada.token, body };
  const answer = await closed.client.request('POST', '/points/checkout', request);
  expectProblem(answer, 404, 'PROVIDER_NOT_FOUND');
  const pages = [closed.client, seatlane.client].map((client) => client.request('GET', '/'));
  const [without, withCards] = await Promise.all(pages);
  expect(without?.body).toContain('&quot;hasCards&quot;:false');
  expect(withCards?.body).toContain('&quot;hasCards&quot;:true');
  await closed.stop();
});

describe('reading a checkout', () => {
  test('has the shape of the contract', async () => {
    const { id } = await writeCheckout(seatlane.rows, 'ada', { order_id: String(order.id) });
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/);
    const { status, body } = await read(id);
    expect(status).toBe(200);
    expect(body).toEqual({
      id,
      orderId: order.id,
      provider: 'sandbox',
      amount: 12_000,
      currency: 'KRW',
      state: 'open',
      redirectUrl: 'http://localhost:9/pay/chk_1',
      expiresAt: time,
      createdAt: time,
    });
  });

  test('of a top-up names no order, and no page before it is open', async () => {
    const columns = { state: `'opening'`, redirect_url: 'null' };
    const { id } = await writeCheckout(seatlane.rows, 'ada', columns);
    const { body, headers } = await read(id);
    expect(body).toMatchObject({ orderId: null, state: 'opening', redirectUrl: null });
    expect(headers.get('retry-after')).toBe('1');
  });

  test('of another user, or of none, is refused', async () => {
    const { id } = await writeCheckout(seatlane.rows, 'eve');
    expectProblem(await read(id), 404, 'CHECKOUT_NOT_FOUND');
    expectProblem(await read(999_999), 404, 'CHECKOUT_NOT_FOUND');
    const stranger = { token: await seatlane.client.tokenFor('a stranger') };
    expectProblem(await read(id, stranger), 404, 'CHECKOUT_NOT_FOUND');
  });

  test('waits until its page is open, and is woken by the announcement', async () => {
    const columns = { state: `'opening'`, redirect_url: 'null' };
    const { id } = await writeCheckout(seatlane.rows, 'ada', columns);
    const answer = read(id, ada, 20);
    await seatlane.rows(
      `update checkout set state = 'open', redirect_url = 'http://localhost:9/pay/x' where id = ${id}`,
    );
    const { redisUrl, redisPrefix } = seatlane.services;
    const redis = new Redis(redisUrl);
    const outcome = { state: 'succeeded', result: { id } } as const;
    const times = { acceptedAt: 0, finishedAt: 0 };
    await announce(redis, redisPrefix, [
      { jobId: JOB_ID, name: 'checkout-opened', outcome, ...times },
    ]);
    const { body, headers } = await answer;
    redis.disconnect();
    expect(body).toMatchObject({ state: 'open', redirectUrl: 'http://localhost:9/pay/x' });
    expect(headers.get('preference-applied')).toBe('wait');
    expect(headers.get('retry-after')).toBeNull();
  });

  test('that waits in vain says so', async () => {
    const columns = { state: `'opening'`, redirect_url: 'null' };
    const { id } = await writeCheckout(seatlane.rows, 'ada', columns);
    const { status, body, headers } = await read(id, ada, 1);
    expect([status, body.state]).toEqual([200, 'opening']);
    expect(headers.get('preference-applied')).toBe('wait');
    expect(headers.get('retry-after')).toBe('1');
  });
});
