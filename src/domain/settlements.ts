/** The rules for what a payment provider tells of a checkout: its page is open, it is paid, or it is over. */
import { type Checkout, isLive } from './checkouts.ts';
import type { Order } from './orders.ts';

/** The answer of a provider that was asked to open a page. */
export type OpeningAnswer =
  | { kind: 'opened'; ref: string; redirectUrl: string }
  | { kind: 'refused'; failure: string }
  | { kind: 'over' };

export interface Opened {
  change: Partial<Checkout> & { failure?: string };
  /** Whether the provider is asked again at once, because nobody may pay on that page. */
  closesPage: boolean;
}

/**
 * What becomes of a checkout by that answer. Its page is noted in each state, because refunds need it; the state changes only of one
 * that is opening.
 */
export function decideOpening(checkout: Checkout, answer: OpeningAnswer, now: Date): Opened {
  const isOpening = checkout.state === 'opening';
  if (answer.kind === 'refused') {
    return closed(isOpening ? { state: 'failed', failure: answer.failure } : {});
  }
  if (answer.kind === 'over') return closed(isOpening ? { state: 'expired' } : {});
  const change: Opened['change'] = {};
  if (checkout.providerRef === null) change.providerRef = answer.ref;
  // A page of another payment is not shown.
  const isSame = (checkout.providerRef ?? answer.ref) === answer.ref;
  if (checkout.redirectUrl === null && isSame) change.redirectUrl = answer.redirectUrl;
  if (isOpening) change.state = 'open';
  const isUnpaidEnd = checkout.state === 'failed' || checkout.state === 'expired';
  const isPast = isLive(checkout) && checkout.expiresAt <= now;
  return { change, closesPage: isUnpaidEnd || isPast };
}

const closed = (change: Opened['change']): Opened => ({ change, closesPage: false });

/** What a provider tells of a checkout. */
export type Told =
  | { outcome: 'paid'; captured: number }
  | { outcome: 'failed' | 'expired'; failure: string | undefined };

export type Settlement =
  | { kind: 'unchanged' }
  | { kind: 'over'; state: 'failed' | 'expired' }
  /** The order is paid. */
  | { kind: 'paid' }
  /** The money stays in the user's points. */
  | { kind: 'credited' }
  /** The money goes back to the card. */
  | { kind: 'refunding' };

/**
 * What becomes of a checkout by that. The money pays the order if that is still held, however late it is: whoever took its places has
 * ended it before. It must be what the order costs, and the performance must be ahead.
 */
export function decideSettlement(
  checkout: Checkout,
  told: Told,
  {
    order,
    now,
    latePayment,
  }: {
    /** The order of the checkout; undefined for a top-up. */
    order: (Pick<Order, 'state' | 'total' | 'cancelledAt'> & { startAt: Date }) | undefined;
    now: Date;
    latePayment: 'refund' | 'keep';
  },
): Settlement {
  if (told.outcome !== 'paid') {
    return isLive(checkout) ? { kind: 'over', state: told.outcome } : { kind: 'unchanged' };
  }
  const { captured } = told;
  if (checkout.captured > 0) return { kind: 'unchanged' };
  const isExact = captured === checkout.amount && captured === order?.total;
  const isAhead = order?.cancelledAt === null && now < order.startAt;
  if (order?.state === 'held' && isExact && isAhead) return { kind: 'paid' };
  const goesBack = checkout.orderId !== null && latePayment === 'refund';
  return { kind: goesBack ? 'refunding' : 'credited' };
}
