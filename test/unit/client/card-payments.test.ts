/** How the client waits for a payment page. The tests answer instead of an API. */
import { expect, test } from 'vitest';
import { type Checkout, Refusal, Seatlane, Unreachable } from '../../../src/client/index.ts';
import { thrownBy } from '../../support/thrown-by.ts';

const opening: Checkout = {
  id: 7,
  orderId: 3,
  provider: 'sandbox',
  amount: 100,
  currency: 'KRW',
  state: 'opening',
  redirectUrl: null,
  expiresAt: '2026-11-28T12:10:00.000Z',
  createdAt: '2026-11-28T12:00:00.000Z',
};
const open: Checkout = { ...opening, state: 'open', redirectUrl: 'http://localhost:3100/pay/x' };
const payment = { returnUrl: 'https://shop.example/thanks' };

const job = (state: string, fields: object) => ({
  id: 'user-0_x',
  state,
  result: null,
  problem: null,
  ...fields,
});

/** A client whose requests get these responses, one after the other. */
function clientThatReads(...answers: (Checkout | { job: object })[]) {
  const sent: { line: string; body: unknown; prefer: string | null }[] = [];
  const seatlane = new Seatlane({
    baseUrl: 'http://api.test',
    token: 'a token',
    waitSeconds: 5,
    async fetch(url, { method, body, headers }) {
      const line = `${method} ${url.slice('http://api.test'.length)}`;
      const prefer = new Headers(headers).get('prefer');
      sent.push({ line, body: body ? JSON.parse(String(body)) : undefined, prefer });
      const answer = answers.shift();
      if (!answer) throw new Error('There was one request too many.');
      const shown = 'job' in answer ? answer.job : answer;
      return Response.json(shown, { headers: { 'Preference-Applied': 'wait' } });
    },
  });
  return { seatlane, sent };
}

const begun = { job: job('succeeded', { result: opening }) };

test('a payment of an order waits until its page is open', async () => {
  const { seatlane, sent } = clientThatReads(begun, opening, open);
  expect(await seatlane.checkoutOrder({ id: 3 }, payment)).toEqual(open);
  expect(sent).toEqual([
    { line: 'POST /orders/3/checkout', body: payment, prefer: 'wait=5' },
    { line: 'GET /checkouts/7', body: undefined, prefer: 'wait=5' },
    { line: 'GET /checkouts/7', body: undefined, prefer: 'wait=5' },
  ]);
});

test('a top-up sends its amount, and returns a checkout that could not be opened', async () => {
  const failed: Checkout = { ...opening, orderId: null, state: 'failed' };
  const { seatlane, sent } = clientThatReads(begun, failed);
  expect(await seatlane.topUp(500, payment)).toEqual(failed);
  expect(sent[0]).toMatchObject({
    line: 'POST /points/checkout',
    body: { amount: 500, ...payment },
  });
});

test.each(['an order', 'points'])('the wait to pay %s ends with the checkout', async (kind) => {
  const over: Checkout = { ...opening, expiresAt: opening.createdAt };
  const { seatlane, sent } = clientThatReads({ job: job('succeeded', { result: over }) });
  const waited =
    kind === 'an order' ? seatlane.checkoutOrder({ id: 3 }, payment) : seatlane.topUp(5, payment);
  expect(await waited).toEqual(over);
  expect(sent).toHaveLength(1);
});

test('a refusal names the checkout whose page is still open', async () => {
  const problem = { type: 'x', title: 'x', status: 409, detail: 'x', code: 'CHECKOUT_OPEN' };
  const refused = { job: job('rejected', { problem: { ...problem, checkoutId: 6 } }) };
  const { seatlane } = clientThatReads(refused);
  const error = await thrownBy(seatlane.checkoutOrder({ id: 3 }, payment));
  expect(error).toBeInstanceOf(Refusal);
  expect(error).toMatchObject({ code: 'CHECKOUT_OPEN', problem: { checkoutId: 6 } });
});

test.each(['an order', 'points'])('an unanswered wait to pay %s leaves the key', async (kind) => {
  const keys: (string | null)[] = [];
  const seatlane = new Seatlane({
    baseUrl: 'http://api.test',
    token: 'a token',
    retries: 0,
    async fetch(_, { method, headers }) {
      keys.push(new Headers(headers).get('idempotency-key'));
      if (method === 'GET') throw new Error('reset');
      return Response.json(begun.job);
    },
  });
  const waited =
    kind === 'an order' ? seatlane.checkoutOrder({ id: 3 }, payment) : seatlane.topUp(5, payment);
  const error = await thrownBy(waited);
  expect(error).toBeInstanceOf(Unreachable);
  expect(keys[0]).toEqual(expect.any(String));
  expect(error).toMatchObject({ idempotencyKey: keys[0] });
});
