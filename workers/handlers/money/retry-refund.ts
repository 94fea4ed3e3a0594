/** Owes another attempt of a refund to a card that failed. */
import { strict as assert } from 'node:assert';
import type { retryRefund as retryRefundCommand } from '../../../src/commands/money/retry-refund.ts';
import { decideRetry } from '../../../src/domain/card-refunds.ts';
import type { Decision } from '../../../src/domain/reasons.ts';
import type { Rows } from '../../rows/rows.ts';
import { type HandlerOf, rejected, succeeded } from '../handler.ts';
import { type NamedRefund, namedRefund } from './named-refund.ts';
import { toCardRefund } from './to-card-refund.ts';

export const handleRetryRefund: HandlerOf<typeof retryRefundCommand> = {
  isOperators: true,
  needs: ({ refundId }) => ({ refund: { id: refundId } }),

  apply({ command: { input }, rows }) {
    const { refundId } = input;
    const named = namedRefund(rows, refundId);
    if (named) {
      rows.operatorLog.noteBefore(toCardRefund(named.refund, named.checkout));
      rows.operatorLog.noteOrder(named.checkout.orderId);
    }
    const { refusal, change } = retryRefund(rows, refundId);
    if (refusal) return rejected(refusal);
    return succeeded(toCardRefund(change.refund, change.checkout));
  },
};

/** Has the provider asked again. The sum stays on its way back. @returns the refund, which is pending now */
export function retryRefund(rows: Rows, refundId: number): Decision<NamedRefund> {
  const named = namedRefund(rows, refundId);
  const decision = decideRetry({ refundId, refund: named?.refund });
  if (decision.refusal) return decision;
  assert(named, `The retry of refund ${refundId} was accepted, but the refund is not loaded.`);
  rows.money.refunds.change(named.refund, decision.change);
  rows.money.oweCall('refund', named.checkout.id, refundId);
  return { change: named };
}
