/** Calls to a payment provider: what each asks for, and what it answers. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { commands } from '../../../../../src/commands/index.ts';
import type { Provider } from '../../../../../workers/outbox/payments/provider.ts';
import type { Providers } from '../../../../../workers/outbox/payments/providers.ts';
import {
  type AnswerJob,
  type CheckoutFields,
  PaymentScene,
  SUBJECT,
} from '../../../../support/sandbox/payment-scene.ts';
import { AMOUNT } from '../../../../support/sandbox/sandbox.ts';
import { waitFor } from '../../../../support/wait-for.ts';

let scene: PaymentScene;
beforeAll(async () => {
  scene = await PaymentScene.open();
});
afterEach(() => scene.clear());
afterAll(() => scene.stop());

const DOWN = { downMs: 3_600_000 };
const PAST = `now() - interval '1 second'`;
const setFaults = (faults: object) => scene.sandbox.client.post('/v1/faults', faults);

/** The input of an answer, which its command accepts. */
function inputOf({ name, accepted }: AnswerJob): any {
  expect(accepted.subject).toBe(SUBJECT);
  expect(commands[name].input.parse(accepted.input)).toEqual(accepted.input);
  return accepted.input;
}

async function answerOf(name: string): Promise<any> {
  const answer = await scene.answer();
  expect(answer.name).toBe(name);
  return inputOf(answer);
}

/** Makes the calls that are due, and reads the answer. */
async function makeOne(name: string): Promise<any> {
  scene.start();
  await scene.offer();
  return answerOf(name);
}

/** The sandbox whose answers a test changes. */
function sandboxWith(change: (sandbox: Provider) => Partial<Provider>): Providers {
  const sandbox = scene.providers().get('sandbox') as Provider;
  return new Map([['sandbox', { ...sandbox, ...change(sandbox) }]]);
}

describe('open', () => {
  /** Owes the page of a checkout that was just begun. */
  async function begun(fields: CheckoutFields = {}) {
    const checkout = await scene.checkout({ state: 'opening', ...fields });
    return { ...checkout, callId: await scene.owe('open', checkout.id) };
  }

  test('opens the page of a held order', async () => {
    const order = await scene.order();
    const { id, key, callId } = await begun({ orderId: order.id });
    const { answer, ...about } = await makeOne('checkout-opened');
    expect(about).toEqual({ callId, checkoutId: id, key });
    expect(answer).toEqual({
      kind: 'opened',
      ref: expect.stringMatching(/^chk_/),
      redirectUrl: expect.stringContaining(answer.ref),
    });
    const found = await scene.sandbox.client.find(answer.ref);
    expect(found).toMatchObject({ key, checkoutId: id, amount: AMOUNT, state: 'open' });
    expect((await scene.sandbox.client.look(answer.redirectUrl)).text).toContain(
      `Order ${order.id}`,
    );
  });

  test('opens the page of a top-up', async () => {
    await begun();
    const { answer } = await makeOne('checkout-opened');
    expect((await scene.sandbox.client.look(answer.redirectUrl)).text).toContain('Points');
  });

  test('opens one page, although the answer of the provider was lost', async () => {
    const { id } = await begun();
    scene.line.loseReplyTo('POST /v1/checkouts');
    const { answer } = await makeOne('checkout-opened');
    expect(
      await scene.metric('seatlane_outbox_jobs_total', { queue: 'payments', result: 'retried' }),
    ).toBe(1);
    expect(await scene.journal(id)).toEqual(['opened']);
    expect(await scene.sandbox.client.find(answer.ref)).toMatchObject({ checkoutId: id });
  });

  test('opens one page, although the worker was killed before it enqueued the answer', async () => {
    const { id, callId } = await begun();
    const first = await makeOne('checkout-opened');
    // The call is still owed, and is offered again.
    expect(await scene.owed()).toEqual([callId]);
    await waitFor('the job to end', async () => (await scene.queues.payments.count()) === 0);
    await scene.lane.rows('update outbox_call set next_at = now()');
    await scene.offer();
    expect(await answerOf('checkout-opened')).toEqual(first);
    expect(await scene.journal(id)).toEqual(['opened']);
  });

  test('waits until the provider is up again', async () => {
    await begun();
    await setFaults(DOWN);
    scene.start();
    await scene.offer();
    await scene.failedOnce();
    await setFaults({});
    expect((await answerOf('checkout-opened')).answer.kind).toBe('opened');
  });

  test('does not wait for a provider that does not respond', async () => {
    await begun();
    scene.line.hold();
    scene.start({ callTimeoutMs: 1000 });
    await scene.offer();
    await scene.failedOnce();
    scene.line.pass();
    expect((await answerOf('checkout-opened')).answer.kind).toBe('opened');
  });

  test('asks the provider for nothing if the order has ended', async () => {
    const order = await scene.order();
    const { id, key, callId } = await begun({ orderId: order.id });
    await scene.cancel(order.id);
    const answer = { kind: 'over' };
    expect(await makeOne('checkout-opened')).toEqual({ callId, checkoutId: id, key, answer });
    expect(await scene.journal(id)).toEqual([]);
  });

  test('asks the provider for nothing if the checkout is past its end', async () => {
    const { id } = await begun({ expiresAt: PAST });
    expect((await makeOne('checkout-opened')).answer).toEqual({ kind: 'over' });
    expect(await scene.journal(id)).toEqual([]);
  });

  test('says why the provider will never open it', async () => {
    await begun({ currency: 'QQ' });
    const { answer } = await makeOne('checkout-opened');
    expect(answer).toEqual({ kind: 'refused', failure: expect.stringContaining('currency') });
  });

  test.each(['open', 'expired', 'failed'])(
    'of a checkout that is %s already is deleted, and the provider is not asked',
    async (state) => {
      const { id } = await begun({ state });
      scene.start();
      await scene.offer();
      await scene.noAnswer();
      expect(await scene.journal(id)).toEqual([]);
    },
  );

  test('waits without using tries while its provider is switched off, and the log says so once', async () => {
    await begun();
    await begun();
    const off = scene.start({ providers: new Map(), awayMs: 1 });
    await scene.offer();
    const isSaid = (line: string) => line.includes('provider sandbox is switched off');
    await waitFor('three delays', () => scene.said.filter(isSaid).length >= 3);
    await off.close();
    expect(scene.said.filter((line) => isSaid(line) && line.includes('"level":40'))).toHaveLength(
      1,
    );
    for (const result of ['retried', 'given_up']) {
      const labels = { queue: 'payments', result };
      expect(await scene.metric('seatlane_outbox_jobs_total', labels)).toBe(0);
    }
    scene.start();
    expect((await answerOf('checkout-opened')).answer.kind).toBe('opened');
  });

  test('uses no tries while PostgreSQL cannot read its checkout', async () => {
    await begun();
    await scene.lane.rows('alter table checkout rename to checkout_away');
    scene.start({ awayMs: 1 });
    await scene.offer();
    const isSaid = (line: string) => line.includes('The call waits.');
    await waitFor('three delays', () => scene.said.filter(isSaid).length >= 3);
    await scene.lane.rows('alter table checkout_away rename to checkout');
    expect((await answerOf('checkout-opened')).answer.kind).toBe('opened');
    const retried = { queue: 'payments', result: 'retried' };
    expect(await scene.metric('seatlane_outbox_jobs_total', retried)).toBe(0);
  });
});

describe('look', () => {
  test('changes nothing while the page is open', async () => {
    const order = await scene.order();
    const { id, ref } = await scene.openCheckout({ orderId: order.id });
    const row = () => scene.lane.rows(`select * from checkout where id = ${id}`);
    const before = await row();
    await scene.owe('look', id);
    scene.start();
    await scene.offer();
    await scene.noAnswer();
    expect(await row()).toEqual(before);
    expect(await scene.sandbox.client.find(ref)).toMatchObject({ state: 'open' });
  });

  test('finds a payment whose event was lost', async () => {
    const order = await scene.order();
    const { id, key, ref, redirectUrl } = await scene.openCheckout({
      orderId: order.id,
      lookAt: PAST,
    });
    await setFaults({ lostShare: 1 });
    await scene.sandbox.client.act(redirectUrl, 'pay');
    await scene.look();
    const [callId] = await scene.owed();
    expect(await makeOne('settle-checkout')).toEqual({
      checkoutId: id,
      orderId: order.id,
      key,
      provider: 'sandbox',
      outcome: 'paid',
      amount: AMOUNT,
      ref,
      callId,
    });
  });

  test.each([
    ['decline', 'failed'],
    ['challenge', undefined],
  ])('after the buyer chose %s, the outcome is %s', async (action, outcome) => {
    const { id, redirectUrl } = await scene.openCheckout();
    await scene.sandbox.client.act(redirectUrl, action);
    await scene.owe('look', id);
    scene.start();
    await scene.offer();
    if (outcome === undefined) await scene.noAnswer();
    else {
      const input = await answerOf('settle-checkout');
      expect(input).toMatchObject({ checkoutId: id, orderId: null, outcome });
      expect(input).not.toHaveProperty('amount');
    }
  });

  test('closes a page that was opened after its order had been cancelled', async () => {
    const order = await scene.order();
    const { id, ref, redirectUrl } = await scene.openCheckout({ orderId: order.id });
    await scene.cancel(order.id);
    await scene.owe('look', id);
    expect(await makeOne('settle-checkout')).toMatchObject({ outcome: 'expired', ref });
    await scene.sandbox.client.act(redirectUrl, 'pay');
    expect(await scene.journal(id)).toEqual(['opened', 'expired']);
  });

  test('closes the page at the end of the checkout, however long the provider keeps pages open', async () => {
    const { id, ref } = await scene.openCheckout({ expiresAt: PAST });
    await scene.owe('look', id);
    expect(await makeOne('settle-checkout')).toMatchObject({ outcome: 'expired' });
    expect(await scene.sandbox.client.find(ref)).toMatchObject({ state: 'expired' });
  });

  test('finds what was paid before the order ended', async () => {
    const order = await scene.order();
    const { id, redirectUrl } = await scene.openCheckout({ orderId: order.id });
    await scene.sandbox.client.act(redirectUrl, 'pay');
    await scene.cancel(order.id);
    await scene.owe('look', id);
    const paid = { outcome: 'paid', amount: AMOUNT };
    expect(await makeOne('settle-checkout')).toMatchObject(paid);
  });

  test('is asked for again while the provider was asked: the page of an order that ended meanwhile is closed', async () => {
    const order = await scene.order();
    const { id, ref } = await scene.openCheckout({ orderId: order.id });
    const callId = await scene.owe('look', id);
    const found = Promise.withResolvers<void>();
    const free = Promise.withResolvers<void>();
    const providers = sandboxWith((sandbox) => ({
      async find(...asked) {
        const payment = await sandbox.find(...asked);
        found.resolve();
        await free.promise;
        return payment;
      },
    }));
    scene.start({ providers });
    await scene.offer();
    await found.promise;
    await scene.cancel(order.id);
    await scene.lane.rows(`update checkout set look_at = now() where id = ${id}`);
    await scene.look();
    free.resolve();
    await scene.jobsEnd();
    expect(await scene.owed()).toEqual([callId]);
    await scene.offer();
    expect(await answerOf('settle-checkout')).toMatchObject({ outcome: 'expired', ref });
  });

  test.each(['failed', 'expired'])('closes the page of a checkout that has %s', async (state) => {
    const { id, ref } = await scene.openCheckout({ state });
    await scene.owe('look', id);
    scene.start();
    await scene.offer();
    await scene.noAnswer();
    expect(await scene.sandbox.client.find(ref)).toMatchObject({ state: 'expired' });
  });

  test('finds what was paid on the page of a checkout that has expired', async () => {
    const { id, redirectUrl } = await scene.openCheckout({ state: 'expired' });
    await scene.sandbox.client.act(redirectUrl, 'pay');
    await scene.owe('look', id);
    const paid = { outcome: 'paid', amount: AMOUNT };
    expect(await makeOne('settle-checkout')).toMatchObject(paid);
  });

  test.each([
    ['without a reference', { ref: null }],
    ['that is paid', { state: 'credited', captured: AMOUNT, ref: 'chk_1' }],
    ['that the provider does not have, and that has ended', { state: 'expired', ref: 'chk_1' }],
    ['that the provider does not have, before its end', { ref: 'chk_1' }],
  ])('at a checkout %s ends without an answer', async (_, fields: CheckoutFields) => {
    const { id } = await scene.checkout(fields);
    await scene.owe('look', id);
    scene.start();
    await scene.offer();
    await scene.noAnswer();
  });

  test('ends a checkout that the provider does not have, at its end', async () => {
    const { id, key } = await scene.checkout({ ref: 'chk_1', expiresAt: PAST });
    await scene.owe('look', id);
    const failure = 'CHECKOUT_NOT_FOUND';
    const failed = { checkoutId: id, key, outcome: 'failed', failure };
    expect(await makeOne('settle-checkout')).toMatchObject(failed);
  });

  test.each([
    ['key', { key: 'checkout-1-of-another-time' }],
    ['currency', { currency: 'EUR' }],
  ])('credits nothing from a payment of another %s, and counts it', async (_, change) => {
    const { id, key, redirectUrl } = await scene.openCheckout({ expiresAt: PAST });
    await scene.sandbox.client.act(redirectUrl, 'pay');
    await scene.owe('look', id);
    const providers = sandboxWith((sandbox) => ({
      find: async (...asked) => ({ ...(await sandbox.find(...asked)), ...change }),
    }));
    scene.start({ providers });
    await scene.offer();
    const input = await answerOf('settle-checkout');
    expect(input).toMatchObject({ checkoutId: id, key, outcome: 'failed' });
    expect(input).not.toHaveProperty('amount');
    expect(await scene.metric('seatlane_payments_unknown_total')).toBe(1);
    expect(scene.said.join()).toContain('it was not credited');
  });

  test('does not count a payment of another key that took no money', async () => {
    const { id } = await scene.openCheckout({ expiresAt: PAST });
    await scene.owe('look', id);
    const providers = sandboxWith((sandbox) => ({
      find: async (...asked) => ({ ...(await sandbox.find(...asked)), key: 'of-another-time' }),
    }));
    scene.start({ providers });
    await scene.offer();
    expect(await answerOf('settle-checkout')).toMatchObject({ outcome: 'failed' });
    expect(await scene.metric('seatlane_payments_unknown_total')).toBe(0);
    expect(scene.said.join()).toContain('it was not credited');
  });

  test.each(['processing', 'open'] as const)(
    'is made again while a payment that should be over is %s',
    async (state) => {
      const { id } = await scene.openCheckout({ expiresAt: PAST });
      await scene.owe('look', id);
      let looks = 0;
      const providers = sandboxWith((sandbox) => ({
        async find(...asked) {
          looks += 1;
          const found = await sandbox.find(...asked);
          return looks < 3 ? { ...found, state } : found;
        },
      }));
      scene.start({ providers });
      await scene.offer();
      expect(await answerOf('settle-checkout')).toMatchObject({ outcome: 'expired' });
      expect(looks).toBe(3);
    },
  );
});

describe('refund', () => {
  test('pays money back to the card', async () => {
    const { id, refundId, refundKey: key } = await scene.refund({ amount: 5000 });
    const callId = await scene.owe('refund', id, refundId);
    const done = { kind: 'done', ref: expect.stringMatching(/^ref_/) };
    const ended = { checkoutId: id, refundId, attempt: 1, key, answer: done, callId };
    expect(await makeOne('refund-ended')).toEqual(ended);
    expect(await scene.journal(id)).toEqual(['opened', 'captured', 'refunded']);
  });

  test('pays once, although the answer of the provider was lost', async () => {
    const { id, ref, refundId } = await scene.refund({ amount: 5000 });
    await scene.owe('refund', id, refundId);
    scene.line.loseReplyTo('POST /v1/refunds');
    expect((await makeOne('refund-ended')).answer.kind).toBe('done');
    expect(
      await scene.metric('seatlane_outbox_jobs_total', { queue: 'refunds', result: 'retried' }),
    ).toBe(1);
    expect(await scene.sandbox.client.find(ref)).toMatchObject({ refunded: 5000 });
  });

  test('pays once, although the sandbox was killed before it answered', async () => {
    const { id, refundId } = await scene.refund({ amount: 5000 });
    await scene.owe('refund', id, refundId);
    let isKilled = false;
    const providers = sandboxWith((sandbox) => ({
      async refund(...asked) {
        const answer = await sandbox.refund(...asked);
        if (isKilled) return answer;
        isKilled = true;
        await scene.sandbox.restart();
        scene.line.leadTo(scene.sandbox.client.url);
        throw new Error('The connection was reset.');
      },
    }));
    scene.start({ providers });
    await scene.offer();
    expect((await answerOf('refund-ended')).answer.kind).toBe('done');
    expect(await scene.journal(id)).toEqual(['opened', 'captured', 'refunded']);
  });

  test('of which the provider refuses one is failed, and another attempt pays it', async () => {
    const { id, refundId, refundKey: key } = await scene.refund();
    const callId = await scene.owe('refund', id, refundId);
    await setFaults({ refusedRefundShare: 1 });
    const answer = { kind: 'failed', failure: 'CARD_CLOSED' };
    const ended = { checkoutId: id, refundId, attempt: 1, key, answer, callId };
    expect(await makeOne('refund-ended')).toEqual(ended);
    await setFaults({});
    await scene.lane.rows('delete from outbox_call');
    await scene.lane.rows('update card_refund set attempt = 2');
    await scene.owe('refund', id, refundId);
    await scene.offer();
    const second = await answerOf('refund-ended');
    expect(second).toMatchObject({ attempt: 2, answer: { kind: 'done' } });
    expect(await scene.journal(id)).toEqual(['opened', 'captured', 'refunded']);
  });

  test('that has ended is not paid again', async () => {
    const { id, refundId } = await scene.refund();
    await scene.lane.rows(`update card_refund set state = 'done', ended_at = now()`);
    await scene.owe('refund', id, refundId);
    scene.start();
    await scene.offer();
    await scene.noAnswer();
    expect(await scene.journal(id)).toEqual(['opened', 'captured']);
  });

  test('of a payment whose reference is not known is tried again', async () => {
    const { id, ref, refundId } = await scene.refund();
    await scene.lane.rows('update checkout set provider_ref = null');
    await scene.owe('refund', id, refundId);
    scene.start();
    await scene.offer();
    await scene.failedOnce('refunds');
    await scene.lane.rows(`update checkout set provider_ref = '${ref}'`);
    expect((await answerOf('refund-ended')).answer.kind).toBe('done');
  });
});
