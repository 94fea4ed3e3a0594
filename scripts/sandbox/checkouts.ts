/**
 * The states of a checkout at the sandbox, as pure functions.
 *
 * `open` waits for the buyer. `challenged`: the buyer is at the 3-D Secure step. Both end as `paid` (the amount is
 * captured), `failed` (declined) or `expired`, and from then on the state never changes: money is captured at most once.
 */
import type { EpochMs } from '../../src/commands/epoch-ms.ts';

export type CheckoutState = 'open' | 'challenged' | FinalState;
export type FinalState = 'paid' | 'failed' | 'expired';

/** What a buyer can post from the payment page. */
export const PAGE_ACTIONS = ['pay', 'challenge', 'confirm', 'fail', 'decline'] as const;
export type PageAction = (typeof PAGE_ACTIONS)[number];

/** A challenge cannot be skipped: `pay` is not among the actions of `challenged`. */
const NEXT: Record<'open' | 'challenged', Partial<Record<PageAction, CheckoutState>>> = {
  open: { pay: 'paid', challenge: 'challenged', decline: 'failed' },
  challenged: { challenge: 'challenged', confirm: 'paid', fail: 'failed' },
};

/** Whether the state can never change again. */
export function isFinal(state: CheckoutState): state is FinalState {
  return state !== 'open' && state !== 'challenged';
}

/** Whether the checkout must expire now, because its time has passed before the buyer paid. */
export function isOverdue(checkout: { state: CheckoutState; expiresAt: EpochMs }, now: EpochMs) {
  return !isFinal(checkout.state) && now >= checkout.expiresAt;
}

/**
 * The state after an action of the buyer.
 * @returns the same state if it is final already; undefined if the page of this state does not offer the action
 */
export function stateAfter(state: CheckoutState, action: PageAction): CheckoutState | undefined {
  return isFinal(state) ? state : NEXT[state][action];
}

/** The codes of refunds that are refused for good. */
export type RefundRefusal =
  | 'CHECKOUT_NOT_FOUND'
  | 'NOT_CAPTURED'
  | 'ABOVE_CAPTURED'
  | 'CARD_CLOSED';

/** Why an amount cannot be refunded; undefined if it can. */
export function refuseRefund(
  checkout: { captured: number; refunded: number } | undefined,
  amount: number,
): RefundRefusal | undefined {
  if (!checkout) return 'CHECKOUT_NOT_FOUND';
  if (checkout.captured === 0) return 'NOT_CAPTURED';
  return checkout.refunded + amount > checkout.captured ? 'ABOVE_CAPTURED' : undefined;
}
