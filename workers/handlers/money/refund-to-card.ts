/** Sends money back to the card that paid it. Shared by the commands that cancel orders, and by payments that came too late. */
import { strict as assert } from 'node:assert';
import { beginRefund } from '../../../src/domain/card-refunds.ts';
import { decideUse } from '../../../src/domain/points.ts';
import type { CheckoutRow } from '../../rows/rows.ts';
import type { Applying } from '../handler.ts';

/**
 * Takes an amount, which the same command has just added, from the points of the checkout's user, and owes it to the card.
 * @param amount above 0, in minor units; one is one point
 * @param paymentId the refund in `payment`; null for money that never paid an order
 */
export function refundToCard(
  { command: { jobId }, rows }: Pick<Applying, 'command' | 'rows'>,
  checkout: CheckoutRow,
  { amount, paymentId }: { amount: number; paymentId: number | null },
): void {
  const { id: checkoutId, userId } = checkout;
  const points = rows.pointsOf(userId);
  const { refusal, change } = decideUse(points.balance, amount);
  assert(!refusal, `User ${userId} has fewer points than go back to the card.`);
  rows.points.change(points, change);
  rows.history.push({ userId, kind: 'use', amount, balance: change.balance, jobId });
  rows.money.oweRefund({ checkoutId, paymentId, amount, jobId });
  rows.money.checkouts.change(checkout, beginRefund(checkout, amount));
}
