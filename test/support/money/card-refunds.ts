/** Orders that are paid by card, and what goes back of them, for tests that apply commands in batches. */
import { refundKey } from '../../../src/lanes/payment-keys.ts';
import type { TakenCommand } from '../../../workers/batch/batch.ts';
import type { Buyer, TestLane } from '../services/test-lane.ts';
import { checkoutsOf, type KnownCheckout } from './checkouts.ts';

/** A refund to a card, with the call that is owed for it. */
export interface RefundLine {
  id: number;
  checkoutId: number;
  amount: number;
  state: string;
  attempt: number;
  failure: string | null;
  /** The command that owed it. */
  jobId: string;
  /** The id of the call, or null. */
  callId: number | null;
}

export interface CardRefunds {
  /** Begins to pay an order by card. @returns the checkout, whose page is open */
  open(buyer: Buyer, orderId: number): Promise<KnownCheckout>;
  /** Pays an order by card. */
  pay(buyer: Buyer, orderId: number): Promise<KnownCheckout>;
  /** The refunds of a checkout, by id. */
  refunds(checkoutId: number): Promise<RefundLine[]>;
  /** The answer to the call of a refund: done, or failed with these words. */
  answer(subject: string, refund: RefundLine, failure?: string): TakenCommand;
}

export function cardRefundsOf(lane: TestLane): CardRefunds {
  const checkouts = checkoutsOf(lane);
  const open: CardRefunds['open'] = async (buyer, orderId) => {
    const checkout = await checkouts.begun(buyer, orderId);
    await lane.result(checkouts.opened(checkout));
    return checkout;
  };
  return {
    open,
    async pay(buyer, orderId) {
      const checkout = await open(buyer, orderId);
      await lane.result(checkouts.settle(checkout));
      return checkout;
    },
    refunds: (checkoutId) =>
      lane.rows<RefundLine>(
        `select card_refund.id::int, card_refund.checkout_id::int as "checkoutId", amount::int, state,
           attempt, failure, card_refund.job_id as "jobId", outbox_call.id::int as "callId"
         from card_refund left join outbox_call on refund_id = card_refund.id
         where card_refund.checkout_id = ${checkoutId} order by card_refund.id`,
      ),
    answer(subject, { id: refundId, checkoutId, attempt, jobId, callId }, failure) {
      const answer = failure
        ? { kind: 'failed', failure }
        : { kind: 'done', ref: `ref_${refundId}` };
      const called = callId !== null && { callId };
      const key = refundKey({ checkoutId, jobId, attempt });
      const input = { checkoutId, refundId, attempt, key, answer, ...called };
      return lane.command('refund-ended', { subject, input });
    },
  };
}
