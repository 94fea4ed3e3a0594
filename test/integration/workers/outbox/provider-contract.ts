/** What every adapter of a payment provider does: the same tests for the sandbox and for Stripe. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  CallRefused,
  type PageRequest,
  type Provider,
  type RefundRequest,
} from '../../../../workers/outbox/payments/provider.ts';

export interface ProviderUnderTest {
  provider: Provider;
  /** The adapter with a secret that the provider does not know. */
  stranger: Provider;
  /** Does what a buyer does to pay on the page. */
  pay(redirectUrl: string): Promise<unknown>;
  /** From now on the provider answers nothing but errors of the server. */
  goDown(): Promise<unknown>;
  /** From now on it refuses refunds, because the card is closed. */
  closeCards(): Promise<unknown>;
  /** Ends what `goDown` and `closeCards` have begun. */
  recover(): Promise<unknown>;
  stop(): Promise<unknown>;
}

const AMOUNT = 12_000;
const CURRENCY = 'KRW';
const MINUTES_10 = 600_000;

export function testProvider(name: string, start: () => Promise<ProviderUnderTest>): void {
  describe(`${name} as a payment provider`, () => {
    let under: ProviderUnderTest;
    let provider: Provider;
    const { signal } = new AbortController();

    beforeAll(async () => {
      under = await start();
      ({ provider } = under);
    });
    afterEach(() => under.recover());
    afterAll(() => under.stop());

    let checkouts = 0;
    function aRequest(change: Partial<PageRequest> = {}): PageRequest {
      checkouts += 1;
      return {
        key: `checkout-${checkouts}-${randomUUID()}`,
        checkoutId: checkouts,
        amount: AMOUNT,
        currency: CURRENCY,
        returnUrl: 'http://localhost:8080/thanks',
        expiresAt: new Date(Date.now() + MINUTES_10),
        what: 'Order 7',
        ...change,
      };
    }

    let refunds = 0;
    function aRefund(ref: string, change: Partial<RefundRequest> = {}): RefundRequest {
      refunds += 1;
      return {
        key: `refund-${checkouts}-${randomUUID()}-1`,
        ref,
        amount: 5000,
        currency: CURRENCY,
        checkoutId: checkouts,
        refundId: refunds,
        attempt: 1,
        ...change,
      };
    }

    async function paid(): Promise<string> {
      const { ref, redirectUrl } = await provider.open(aRequest(), signal);
      await under.pay(redirectUrl);
      return ref;
    }

    const errorOf = (asked: Promise<unknown>) =>
      asked.then(
        () => undefined,
        (error: unknown) => error,
      );
    const refused = async (asked: Promise<unknown>) => {
      const error = await errorOf(asked);
      expect(error).toBeInstanceOf(CallRefused);
      expect((error as CallRefused).message).toMatch(/\S/);
    };
    const failed = async (asked: Promise<unknown>) => {
      const error = await errorOf(asked);
      expect(error).toBeInstanceOf(Error);
      expect(error).not.toBeInstanceOf(CallRefused);
    };

    test('the same request opens the same page, also at the same time', async () => {
      const request = aRequest();
      const [one, other] = await Promise.all([
        provider.open(request, signal),
        provider.open(request, signal),
      ]);
      expect(other).toEqual(one);
      expect(await provider.open({ ...request }, signal)).toEqual(one);
      expect(one.redirectUrl).toMatch(/^https?:\/\//);
      expect(one.ref).not.toBe((await provider.open(aRequest(), signal)).ref);
    });

    test('an open page has its key, and no money', async () => {
      const request = aRequest();
      const { ref } = await provider.open(request, signal);
      const { key } = request;
      const found = await provider.find(ref, signal);
      expect(found).toMatchObject({ key, state: 'open', captured: 0, refunded: 0 });
      expect(found.currency).toBe(CURRENCY);
    });

    test('a payment has its key and its amount', async () => {
      const request = aRequest();
      const { ref, redirectUrl } = await provider.open(request, signal);
      await under.pay(redirectUrl);
      const { key } = request;
      const found = await provider.find(ref, signal);
      expect(found).toMatchObject({ key, state: 'paid', captured: AMOUNT, refunded: 0 });
      expect(found.currency).toBe(CURRENCY);
    });

    test('a page that was closed takes no money', async () => {
      const { ref, redirectUrl } = await provider.open(aRequest(), signal);
      await provider.expire(ref, signal);
      await errorOf(under.pay(redirectUrl));
      expect(await provider.find(ref, signal)).toMatchObject({ state: 'expired', captured: 0 });
      await provider.expire(ref, signal);
    });

    test('a payment stays what it is when its page is closed', async () => {
      const ref = await paid();
      await provider.expire(ref, signal);
      expect(await provider.find(ref, signal)).toMatchObject({ state: 'paid', captured: AMOUNT });
    });

    test('a payment that the provider does not have is refused', async () => {
      await refused(provider.find('chk_unknown', signal));
      await refused(provider.expire('chk_unknown', signal));
      await refused(provider.refund(aRefund('chk_unknown'), signal));
    });

    test('a page that the provider will never open is refused', async () => {
      await refused(provider.open(aRequest({ currency: 'QQ' }), signal));
    });

    test('a refund is paid once, however often it is asked for', async () => {
      const ref = await paid();
      const request = aRefund(ref);
      const [one, other] = await Promise.all([
        provider.refund(request, signal),
        provider.refund(request, signal),
      ]);
      expect(other).toEqual(one);
      expect(await provider.refund({ ...request }, signal)).toEqual(one);
      expect(await provider.find(ref, signal)).toMatchObject({ state: 'paid', refunded: 5000 });
    });

    test('the refunds of a payment add up to at most its amount', async () => {
      const ref = await paid();
      await provider.refund(aRefund(ref), signal);
      await provider.refund(aRefund(ref, { amount: AMOUNT - 5000 }), signal);
      await refused(provider.refund(aRefund(ref, { amount: 1000 }), signal));
      expect(await provider.find(ref, signal)).toMatchObject({ refunded: AMOUNT });
    });

    test('a refund to a closed card is refused, and another attempt pays it once the card is open', async () => {
      const ref = await paid();
      const first = aRefund(ref);
      await under.closeCards();
      await refused(provider.refund(first, signal));
      await under.recover();
      const second = { ...first, key: `${first.key.slice(0, -1)}2`, attempt: 2 };
      await provider.refund(second, signal);
      expect(await provider.find(ref, signal)).toMatchObject({ refunded: 5000 });
    });

    test('an outage is no refusal, and the same request works afterwards', async () => {
      const ref = await paid();
      const page = aRequest();
      const refund = aRefund(ref);
      await under.goDown();
      await failed(provider.open(page, signal));
      await failed(provider.find(ref, signal));
      await failed(provider.expire(ref, signal));
      await failed(provider.refund(refund, signal));
      await under.recover();
      await provider.open(page, signal);
      await provider.refund(refund, signal);
      expect(await provider.find(ref, signal)).toMatchObject({ refunded: 5000 });
    });

    test('a wrong secret is no refusal', async () => {
      const ref = await paid();
      await failed(under.stranger.open(aRequest(), signal));
      await failed(under.stranger.find(ref, signal));
      await failed(under.stranger.refund(aRefund(ref), signal));
    });

    test('a key that was used for another request is no refusal', async () => {
      const request = aRequest();
      await provider.open(request, signal);
      await failed(provider.open({ ...request, amount: AMOUNT + 1 }, signal));
    });

    test('a call that is aborted fails, and is no refusal', async () => {
      const ref = await paid();
      const aborted = AbortSignal.abort(new Error('The worker stopped during the call.'));
      await failed(provider.open(aRequest(), aborted));
      await failed(provider.find(ref, aborted));
      await failed(provider.refund(aRefund(ref), aborted));
    });
  });
}
