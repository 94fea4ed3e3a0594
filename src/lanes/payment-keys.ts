/**
 * The idempotency keys at payment providers, and the receipt texts of what they tell. An id alone can be given out again after a failover
 * that loses rows; the receipt id of the row's job cannot.
 */
import { partsOfOurs } from './job-id.ts';

/** The key of a checkout. @param jobId the command that began it */
export const checkoutKey = (checkout: { id: number; jobId: string }): string =>
  `checkout-${checkout.id}-${partsOfOurs(checkout.jobId).receiptId}`;

/** The key of one attempt of a refund. @param jobId the command that owed the refund */
export const refundKey = (refund: { checkoutId: number; jobId: string; attempt: number }): string =>
  `refund-${refund.checkoutId}-${partsOfOurs(refund.jobId).receiptId}-${refund.attempt}`;

/** The receipt text of a provider's event: the same event is applied once. */
export const eventText = (provider: string, eventId: string): string =>
  `event ${provider} ${eventId}`;
