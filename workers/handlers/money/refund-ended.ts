/** Notes what a provider has answered to an attempt of a refund to a card. */
import type { refundEnded } from '../../../src/commands/money/refund-ended.ts';
import { decideAnswer } from '../../../src/domain/card-refunds.ts';
import { refuse } from '../../../src/domain/reasons.ts';
import { type HandlerOf, rejected, succeeded } from '../handler.ts';
import { namedRefund } from './named-refund.ts';
import { toCardRefund } from './to-card-refund.ts';

export const handleRefundEnded: HandlerOf<typeof refundEnded> = {
  needs: ({ refundId }) => ({ refunds: { ids: [refundId] } }),

  apply({ command: { input, userId }, rows, now }) {
    const { checkoutId, refundId, attempt, key, answer, callId } = input;
    const named = namedRefund(rows, refundId);
    // A failover of PostgreSQL can lose the refund, and give its id to another one, which has another key.
    const isMeant =
      named?.checkout.id === checkoutId &&
      named.checkout.userId === userId &&
      rows.money.refundKey(named.refund, attempt) === key;
    if (!isMeant) {
      const detail = `There is no refund ${refundId} of checkout ${checkoutId}.`;
      return rejected(refuse('REFUND_NOT_FOUND', detail).refusal);
    }
    const { refund, checkout } = named;
    const isOfCall = callId !== undefined;
    const end = decideAnswer({ refund, checkout, attempt, answer, isOfCall, now });
    if (end) {
      rows.money.refunds.change(refund, end.refund);
      rows.money.checkouts.change(checkout, end.checkout);
    }
    // The row of an earlier attempt may be owed again for the present one.
    if (attempt === refund.attempt) rows.money.endCall(callId, checkoutId);
    return succeeded(toCardRefund(refund, checkout));
  },
};
