/** Notes what a provider has answered to an attempt of a refund to a card. */
import { strict as assert } from 'node:assert';
import type { refundEnded } from '../../../src/commands/money/refund-ended.ts';
import { decideAnswer } from '../../../src/domain/card-refunds.ts';
import { refuseOtherRefund } from '../../../src/domain/money/meant-refunds.ts';
import { type HandlerOf, rejected, succeeded } from '../handler.ts';
import { namedRefund } from './named-refund.ts';
import { toCardRefund } from './to-card-refund.ts';

export const handleRefundEnded: HandlerOf<typeof refundEnded> = {
  needs: ({ refundId }) => ({ refund: { id: refundId } }),

  apply({ command: { input, userId }, rows, now }) {
    const { checkoutId, refundId, attempt, key, answer, callId } = input;
    const named = namedRefund(rows, refundId);
    const found = named && {
      checkoutId: named.checkout.id,
      userId: named.checkout.userId,
      key: rows.money.refundKey(named.refund, attempt),
    };
    const other = refuseOtherRefund(refundId, { checkoutId, userId, key }, found);
    if (other) return rejected(other.refusal);
    assert(named, `Refund ${refundId} was answered, but it is not loaded.`);
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
