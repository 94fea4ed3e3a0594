/** A refund to a card that a command names, with its checkout. */
import { strict as assert } from 'node:assert';
import type { CardRefundRow, CheckoutRow, Rows } from '../../rows/rows.ts';

export interface NamedRefund {
  refund: CardRefundRow;
  checkout: CheckoutRow;
}

/** @returns undefined if there is no such refund */
export function namedRefund(rows: Rows, refundId: number): NamedRefund | undefined {
  const refund = rows.money.refunds.get(refundId);
  if (!refund) return undefined;
  const checkout = rows.money.checkouts.get(refund.checkoutId);
  assert(checkout, `Checkout ${refund.checkoutId} of refund ${refundId} is not loaded.`);
  return { refund, checkout };
}
