/** Sends money back to the card that paid it. Shared by the commands that cancel orders, and by payments that came too late. */
import { strict as assert } from 'node:assert';
import { beginRefund } from '../../../src/domain/card-refunds.ts';
import { decideUse } from '../../../src/domain/points.ts';
import type { CheckoutRow } from '../../rows/rows.ts';
import type { Applying } from '../handler.ts';
import { movePoints } from '../points/move-points.ts';

/**
 * Takes an amount, which the same command has just added, from the points of the checkout's user, and owes it to the card.
 * @param amount above 0, in minor units; one is one point
 * @param paymentId the refund in `payment`; null for money that never paid an order
 */
export function refundToCard(
  applying: Pick<Applying, 'command' | 'rows'>,
  checkout: CheckoutRow,
  { amount, paymentId }: { amount: number; paymentId: number | null },
): void {
  const { command, rows } = applying;
  const { id: checkoutId, userId } = checkout;
  const { change: moved, refusal } = decideUse(rows.pointsOf(userId).balance, amount);
  assert(!refusal, `User ${userId} has fewer points than go back to the card.`);
  movePoints(applying, userId, 'use', moved);
  rows.money.oweRefund({ checkoutId, paymentId, amount, jobId: command.jobId });
  rows.money.checkouts.change(checkout, beginRefund(checkout, amount));
}
