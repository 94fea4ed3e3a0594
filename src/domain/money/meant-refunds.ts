/** The rule for which refund to a card an answer of a provider means. */
import { type Refusal, refuse } from '../reasons.ts';

/** What identifies an attempt of a refund. */
export interface RefundIdentity {
  checkoutId: number;
  /** The user of the checkout. */
  userId: number;
  /** The idempotency key of the attempt at the provider. */
  key: string;
}

/**
 * Checks that an answer means the refund that has its id. A failover of PostgreSQL can lose the refund, and give its id to another
 * one, which has another key.
 * @param answered what the answer says
 * @param found the refund that has the id, if there is one
 * @returns the refusal, or undefined
 */
export function refuseOtherRefund(
  refundId: number,
  answered: RefundIdentity,
  found: RefundIdentity | undefined,
): { refusal: Refusal } | undefined {
  const { checkoutId, userId, key } = answered;
  const isOfCheckout = found?.checkoutId === checkoutId && found.userId === userId;
  if (isOfCheckout && found.key === key) return undefined;
  return refuse('REFUND_NOT_FOUND', `There is no refund ${refundId} of checkout ${checkoutId}.`);
}
