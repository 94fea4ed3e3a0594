/** What the outbox asks a payment provider for. `sandbox.ts` and `stripe.ts` implement it. */

/** The provider will never do it: to ask again with the same key is useless. Its message is the provider's word, for people. */
export class CallRefused extends Error {
  override readonly name = 'CallRefused';
}

export interface PageRequest {
  /** The idempotency key: the same request gets the same page. All that is sent follows from stored columns. */
  key: string;
  checkoutId: number;
  /** In minor units of the currency. */
  amount: number;
  currency: string;
  returnUrl: string;
  /** The end of the page. A provider whose pages live longer is told with `expire`. */
  expiresAt: Date;
  /** What is bought, for the page: the same text in every try. */
  what: string;
}

export interface RefundRequest {
  /** The idempotency key of this attempt. */
  key: string;
  /** The provider's id of the payment. */
  ref: string;
  amount: number;
  currency: string;
  /** These three let a later event of the provider say which refund has failed. */
  checkoutId: number;
  refundId: number;
  attempt: number;
}

/** A payment as the provider has it. */
export interface FoundPayment {
  /** The key with which its page was opened. */
  key: string;
  /** `processing`: the buyer has confirmed, and nobody knows yet. The last three never change. */
  state: 'open' | 'processing' | 'paid' | 'failed' | 'expired';
  /** In minor units. */
  captured: number;
  refunded: number;
  currency: string;
}

/** All methods may be called again, also at the same time. @throws {CallRefused}, or any other error to be tried again */
export interface Provider {
  /** Opens a payment page. */
  open(request: PageRequest, signal: AbortSignal): Promise<{ ref: string; redirectUrl: string }>;
  /** From now on the page takes no money. No error if it is paid or over already. */
  expire(ref: string, signal: AbortSignal): Promise<void>;
  find(ref: string, signal: AbortSignal): Promise<FoundPayment>;
  /**
   * Pays money back, once for each key, and once for each `refundId` however many attempts it takes: where the provider forgets
   * keys, it is asked first for the refunds of the payment.
   * @returns the provider's id of the refund
   */
  refund(request: RefundRequest, signal: AbortSignal): Promise<{ ref: string }>;
}
