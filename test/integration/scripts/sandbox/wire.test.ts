/** The sandbox's requests and responses as the API sees them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  AMOUNT,
  checkoutOf,
  SandboxClient,
  startTestSandbox,
  type TestSandbox,
} from '../../../support/sandbox/sandbox.ts';

let sandbox: TestSandbox;
let client: SandboxClient;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  client = sandbox.client;
});
afterAll(() => sandbox.stop());

test('a request without the secret, or with a wrong one, is refused', async () => {
  const { url } = client;
  for (const other of [new SandboxClient(url, 'wrong'), new SandboxClient(url, '')]) {
    expect((await other.get('/v1/journal')).status).toBe(401);
    expect((await other.post('/v1/checkouts', checkoutOf())).status).toBe(401);
    expect((await other.post('/v1/faults', {})).status).toBe(401);
  }
});

test('an opened checkout is found as open, with nothing captured', async () => {
  const { ref, redirectUrl } = await client.open({ key: 'checkout-7-found' });
  expect(redirectUrl).toBe(`${client.url}/pay/${ref}`);
  expect(await client.find(ref)).toEqual({
    ref,
    key: 'checkout-7-found',
    checkoutId: 7,
    state: 'open',
    amount: AMOUNT,
    captured: 0,
    refunded: 0,
    currency: 'KRW',
  });
});

test('two checkouts have different references of at least 128 bits', async () => {
  const refs = await Promise.all([client.open(), client.open()]);
  const [one, other] = refs.map(({ ref }) => Buffer.from(ref.slice('chk_'.length), 'base64url'));
  expect(one?.length).toBe(16);
  expect(one).not.toEqual(other);
});

test('an open that is repeated gives the same answer, also at the same time', async () => {
  const body = checkoutOf();
  const answers = await Promise.all(
    [1, 2, 3].map(() => client.post('/v1/checkouts', body, 'open-once')),
  );
  answers.push(await client.post('/v1/checkouts', { ...body }, 'open-once'));
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  const opened = (await client.journal()).filter(({ key }) => key === body.key);
  expect(opened).toHaveLength(1);
});

test('an idempotency key cannot be used for another request', async () => {
  const body = checkoutOf();
  await client.open(body, 'used');
  const answer = await client.post('/v1/checkouts', { ...body, amount: 1 }, 'used');
  expect(answer).toMatchObject({ status: 409, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
  const refund = await client.post('/v1/refunds', { ref: 'x', amount: 1, refundId: 1 }, 'used');
  expect(refund.status).toBe(409);
});

test('requests that change money need an idempotency key', async () => {
  for (const path of ['/v1/checkouts', '/v1/refunds']) {
    const answer = await client.post(path, checkoutOf(), null);
    expect(answer).toMatchObject({ status: 400, body: { code: 'IDEMPOTENCY_KEY_MISSING' } });
  }
});

test.each([
  ['amount', 0],
  ['amount', 1.5],
  ['amount', '12000'],
  ['currency', 'won'],
  ['returnUrl', 'javascript:alert(1)'],
  ['returnUrl', '/thanks'],
  ['expiresAt', 'tomorrow'],
  ['what', ''],
  ['key', ''],
  ['checkoutId', -1],
  ['unknown', true],
])('a checkout with %s %j is refused with the name of the field', async (field, value) => {
  const answer = await client.post('/v1/checkouts', checkoutOf({ [field]: value }));
  expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } });
  expect(answer.body.message).toContain(field);
});

test('a body that is no JSON, or too long, is refused', async () => {
  expect((await client.post('/v1/checkouts', '{')).status).toBe(400);
  expect(
    (await client.post('/v1/checkouts', checkoutOf({ what: 'x'.repeat(70_000) }))).status,
  ).toBe(413);
});

test('an unknown checkout is not found', async () => {
  expect((await client.get('/v1/checkouts/chk_none')).status).toBe(404);
  expect((await client.post('/v1/checkouts/chk_none/expire')).status).toBe(404);
});

test('expiring closes an open checkout, and leaves a paid one as it is', async () => {
  const { ref, redirectUrl } = await client.open();
  expect((await client.post(`/v1/checkouts/${ref}/expire`)).body.state).toBe('expired');
  expect((await client.post(`/v1/checkouts/${ref}/expire`)).body.state).toBe('expired');
  expect((await client.act(redirectUrl, 'pay')).status).toBe(303);
  expect(await client.find(ref)).toMatchObject({ state: 'expired', captured: 0 });

  const paid = await client.openPaid();
  const answer = await client.post(`/v1/checkouts/${paid}/expire`);
  expect(answer).toMatchObject({ status: 200, body: { state: 'paid', captured: AMOUNT } });
});

test('a checkout expires by itself when its time has passed', async () => {
  const { ref, redirectUrl } = await client.open({ expiresAt: new Date(0).toISOString() });
  expect((await client.act(redirectUrl, 'pay')).status).toBe(303);
  expect(await client.find(ref)).toMatchObject({ state: 'expired', captured: 0 });
});

test('refunds are possible up to the captured amount', async () => {
  const ref = await client.openPaid();
  const refund = (amount: number, key?: string) =>
    client.post('/v1/refunds', { ref, amount, refundId: 3 }, key);
  const first = await refund(5000, 'refund-once');
  expect(first).toMatchObject({ status: 200, body: { ref: expect.stringMatching(/^ref_/) } });
  expect(await refund(5000, 'refund-once')).toEqual(first);
  expect(await client.find(ref)).toMatchObject({ captured: AMOUNT, refunded: 5000 });

  expect(await refund(7001)).toMatchObject({ status: 422, body: { code: 'ABOVE_CAPTURED' } });
  expect((await refund(7000)).status).toBe(200);
  expect(await refund(1)).toMatchObject({ status: 422, body: { code: 'ABOVE_CAPTURED' } });
});

test('concurrent refunds never exceed the captured amount', async () => {
  const ref = await client.openPaid();
  const answers = await Promise.all(
    [1, 2, 3, 4, 5].map((refundId) =>
      client.post('/v1/refunds', { ref, amount: AMOUNT / 2, refundId }),
    ),
  );
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 200, 422, 422, 422]);
});

test('a refund that was refused for good stays refused for its key, but not for another one', async () => {
  const { ref, redirectUrl } = await client.open();
  const body = { ref, amount: 1, refundId: 4 };
  const refused = await client.post('/v1/refunds', body, 'too-early');
  expect(refused).toMatchObject({ status: 422, body: { code: 'NOT_CAPTURED' } });
  await client.act(redirectUrl, 'pay');
  expect(await client.post('/v1/refunds', body, 'too-early')).toEqual(refused);
  expect((await client.post('/v1/refunds', body, 'second-attempt')).status).toBe(200);
  const unknown = await client.post('/v1/refunds', { ...body, ref: 'chk_none' });
  expect(unknown).toMatchObject({ status: 422, body: { code: 'CHECKOUT_NOT_FOUND' } });
});

test('the journal lists each change of money once, with what the API needs to compare it', async () => {
  const key = 'checkout-9-journal';
  const ref = await client.openPaid({ key, checkoutId: 9 });
  await client.post('/v1/refunds', { ref, amount: 100, refundId: 5 });
  const same = { ref, key, checkoutId: 9, currency: 'KRW', at: expect.any(String) };
  expect((await client.journal()).filter((entry) => entry.key === key)).toEqual([
    { ...same, kind: 'opened', amount: AMOUNT },
    { ...same, kind: 'captured', amount: AMOUNT },
    { ...same, kind: 'refunded', amount: 100, refundId: 5 },
  ]);
});
