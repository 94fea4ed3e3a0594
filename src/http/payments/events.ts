/** What a payment provider tells in an event. The readers verify its signature and translate it. */
import type { EpochMs } from '../../commands/epoch-ms.ts';

/** What became of a checkout. */
export interface CheckoutEvent {
  about: 'checkout';
  /** The provider's id of the event: it takes effect once. */
  id: string;
  /** The key with which the checkout was opened. */
  key: string;
  checkoutId: number;
  outcome: 'paid' | 'failed' | 'expired';
  /** The provider's id of the payment. */
  ref: string;
  /** What was captured, in minor units; of the whole page if nothing was. */
  amount: number;
  /** ISO 4217, in capitals. */
  currency: string;
}

/** A refund that the provider had accepted has failed after all. */
export interface RefundEvent {
  about: 'refund';
  id: string;
  key: string;
  checkoutId: number;
  refundId: number;
  /** The attempt that made it; a later one may have found it instead of making another. */
  attempt: number;
  /** The provider's id of the refund. */
  ref?: string;
  failure: string;
}

export type ProviderEvent = CheckoutEvent | RefundEvent;

export interface EventReader {
  /** The header that carries the signature. */
  readonly signatureHeader: string;
  /**
   * @param rawBody the exact text that was received
   * @param now in ms since 1970
   * @returns the event, or `ignored` for one of another kind
   * @throws {SignatureInvalid} if the provider has not signed it
   */
  readEvent(rawBody: string, headers: Headers, now: EpochMs): ProviderEvent | 'ignored';
}

export class SignatureInvalid extends Error {
  override readonly name = 'SignatureInvalid';
}
