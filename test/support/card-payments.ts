/** Card payments in lanes of tests. What a provider tells is a command, as its events and answers are. */
import type { CheckoutResource } from '../../src/commands/schemas/checkouts.ts';
import type { Config } from '../../src/config/config.ts';
import { checkoutKey } from '../../src/lanes/payment-keys.ts';
import type { TakenCommand } from '../../workers/batch/batch.ts';
import type { Buyer, TestLane } from './services/test-lane.ts';

/** Settings under which the sandbox is a provider. No test calls it at this address. */
export const CARD_SETTINGS: Config['payments'] = {
  currency: 'KRW',
  checkoutMs: 600_000,
  reconcileMs: 60_000,
  latePayment: 'refund',
  returnOrigins: [],
  openCharging: true,
  sandbox: { url: 'http://localhost:9', secret: 'x'.repeat(48) },
  stripe: undefined,
};

/** A refund to a card, with the call that is owed for it. */
export interface RefundLine {
  id: number;
  checkoutId: number;
  amount: number;
  state: string;
  attempt: number;
  failure: string | null;
  /** The id of the call, or null. */
  callId: number | null;
}

export class CardPayments {
  readonly #lane: TestLane;
  #count = 0;

  constructor(lane: TestLane) {
    this.#lane = lane;
  }

  /** A checkout of an order whose page is open. */
  async open(buyer: Buyer, orderId: number): Promise<CheckoutResource> {
    const lane = this.#lane;
    const input = { orderId, returnUrl: 'https://shop.example/thanks', provider: 'sandbox' };
    const begun = lane.command('start-checkout', { ...buyer, input });
    const { id: checkoutId } = await lane.result<CheckoutResource>(begun);
    const [call] = await lane.rows<{ id: string }>(
      `select id from outbox_call where checkout_id = ${checkoutId} and kind = 'open'`,
    );
    const ref = `chk_${checkoutId}`;
    const answer = { kind: 'opened', ref, redirectUrl: `http://localhost:9/pay/${ref}` };
    const opened = { callId: Number(call?.id), checkoutId, answer };
    return lane.result(
      lane.command('checkout-opened', { subject: buyer.subject, input: opened }),
    );
  }

  /** The event that the amount of a checkout was captured. */
  async paid(
    subject: string,
    { id, orderId, amount }: Pick<CheckoutResource, 'id' | 'orderId' | 'amount'>,
  ): Promise<TakenCommand> {
    const lane = this.#lane;
    const [row] = await lane.rows<{ jobId: string }>(
      `select job_id as "jobId" from checkout where id = ${id}`,
    );
    const key = checkoutKey({ id, jobId: row?.jobId ?? '' });
    const event = { key, provider: 'sandbox', outcome: 'paid', amount, ref: `chk_${id}` };
    const input = { checkoutId: id, orderId, ...event };
    return lane.command('settle-checkout', { subject, input });
  }

  /** Pays an order by card. */
  async pay(buyer: Buyer, orderId: number): Promise<CheckoutResource> {
    const checkout = await this.open(buyer, orderId);
    await this.#lane.result(await this.paid(buyer.subject, checkout));
    return checkout;
  }

  /** The refunds of a checkout, by id. */
  refunds(checkoutId: number): Promise<RefundLine[]> {
    return this.#lane.rows<RefundLine>(
      `select card_refund.id::int, card_refund.checkout_id::int as "checkoutId", amount::int, state,
         attempt, failure, outbox_call.id::int as "callId"
       from card_refund left join outbox_call on refund_id = card_refund.id
       where card_refund.checkout_id = ${checkoutId} order by card_refund.id`,
    );
  }

  /** The answer to the call of a refund: done, or failed with these words. */
  answer(
    subject: string,
    { id: refundId, checkoutId, attempt, callId }: RefundLine,
    failure?: string,
  ): TakenCommand {
    this.#count += 1;
    const answer = failure
      ? { kind: 'failed', failure }
      : { kind: 'done', ref: `ref_${this.#count}` };
    const called = callId !== null && { callId };
    const input = { checkoutId, refundId, attempt, answer, ...called };
    return this.#lane.command('refund-ended', { subject, input });
  }

  /** A checkout with the sums of its refunds, such as `refunding: 100 on the way, 0 back of 200`. */
  async state(checkoutId: number): Promise<string> {
    const [row] = await this.#lane.rows<{ line: string }>(
      `select state || ': ' || refunding || ' on the way, ' || refunded || ' back of ' || captured as line
       from checkout where id = ${checkoutId}`,
    );
    return row?.line ?? 'none';
  }
}
