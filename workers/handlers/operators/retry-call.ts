/** Has a dead call to a payment provider made now. */
import { strict as assert } from 'node:assert';
import type { retryCall } from '../../../src/commands/operators/retry-call.ts';
import type { OwedCall } from '../../../src/commands/schemas/owed-calls.ts';
import { decideCallRetry } from '../../../src/domain/money/owed-calls.ts';
import type { OwedCallRow } from '../../rows/rows.ts';
import { type HandlerOf, rejected, succeeded } from '../handler.ts';

export const handleRetryCall: HandlerOf<typeof retryCall> = {
  isOperators: true,
  needs: ({ callId }) => ({ callId }),

  /** If the call is answered meanwhile, the one that is owed anew needs no answer, and the worker that takes it deletes it. */
  apply({ command: { input }, rows, now }) {
    const { callId } = input;
    const call = rows.money.calls.get(callId);
    const { refusal } = decideCallRetry({ callId, call });
    if (refusal) return rejected(refusal);
    assert(call, `The retry of call ${callId} was accepted, but the call is not loaded.`);
    rows.operatorLog.noteBefore(toOwedCall(call));
    rows.operatorLog.noteOrder(call.orderId);
    rows.money.oweCall(call.kind, call.checkoutId, call.refundId);
    const nextAt = new Date(Math.min(call.nextAt.getTime(), now.getTime()));
    return succeeded(toOwedCall({ ...call, nextAt }));
  },
};

function toOwedCall({ refundId, nextAt, createdAt, ...call }: OwedCallRow): OwedCall {
  return {
    ...call,
    refundId: refundId === 0 ? null : refundId,
    nextAt: nextAt.toISOString(),
    createdAt: createdAt.toISOString(),
  };
}
