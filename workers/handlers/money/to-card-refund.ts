/** Converts refunds to cards to their JSON shape. */
import type { CardRefundResource } from '../../../src/commands/schemas/checkouts.ts';
import type { CardRefundRow, CheckoutRow } from '../../rows/rows.ts';

export function toCardRefund(
  refund: CardRefundRow,
  { orderId, currency }: Pick<CheckoutRow, 'orderId' | 'currency'>,
): CardRefundResource {
  const { id, checkoutId, amount, state, attempt, failure, createdAt, endedAt } = refund;
  return {
    ...{ id, checkoutId, orderId, amount, currency, state, attempt, failure },
    createdAt: createdAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
  };
}
