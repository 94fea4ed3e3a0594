/** Ends a refund to a card that failed: in points, or because it was paid back elsewhere. */
import { strict as assert } from 'node:assert';
import type { endRefund } from '../../../src/commands/money/end-refund.ts';
import { decideOtherEnd } from '../../../src/domain/card-refunds.ts';
import { type HandlerOf, rejected, succeeded } from '../handler.ts';
import { movePoints } from '../points/move-points.ts';
import { namedRefund } from './named-refund.ts';
import { toCardRefund } from './to-card-refund.ts';

export const handleEndRefund: HandlerOf<typeof endRefund> = {
  isOperators: true,
  needs: ({ refundId }) => ({ refund: { id: refundId, withPoints: true } }),

  apply(applying) {
    const { command, rows, now } = applying;
    const { refundId, as } = command.input;
    const named = namedRefund(rows, refundId);
    const balance = named ? rows.pointsOf(named.checkout.userId).balance : 0;
    const decision = decideOtherEnd({
      ...{ refundId, refund: named?.refund, checkout: named?.checkout },
      ...{ as, balance, now },
    });
    if (decision.refusal) return rejected(decision.refusal);
    assert(named, `The end of refund ${refundId} was accepted, but it is not loaded.`);
    const { refund, checkout } = named;
    rows.operatorLog.noteBefore(toCardRefund(refund, checkout));
    rows.operatorLog.noteOrder(checkout.orderId);
    const { change } = decision;
    rows.money.refunds.change(refund, change.refund);
    rows.money.checkouts.change(checkout, change.checkout);
    if (change.moved) movePoints(applying, checkout.userId, 'charge', change.moved);
    return succeeded(toCardRefund(refund, checkout));
  },
};
