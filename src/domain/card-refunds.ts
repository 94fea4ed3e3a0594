/**
 * The rules for money on its way back to a card. Its amount has left the user's points when the refund begins. The provider
 * carries it out (`done`) or refuses it (`failed`). A refund that failed is still owed: an operator has the provider asked again,
 * or ends it in another way.
 *
 * An answer of the provider may come twice, late, or after a newer attempt. What it changes follows from the present state of
 * the refund alone.
 */
import { charge, type Moved } from './points.ts';
import { type Decision, refuse } from './reasons.ts';

export interface CardRefund {
  id: number;
  /** In minor units; one is one point. */
  amount: number;
  /** `credited`: given back in points. `elsewhere`: given back outside this system. */
  state: 'pending' | 'done' | 'failed' | 'credited' | 'elsewhere';
  /** From 1. */
  attempt: number;
  /** The provider's id of the refund that it made last; null if it has made none. */
  providerRef: string | null;
}

/** What a checkout took from a card, and what of it goes back, in minor units. */
export interface Captured {
  captured: number;
  /** The sum of its refunds that are pending or failed. */
  refunding: number;
  /** The sum of its refunds that have ended. */
  refunded: number;
  /** When it paid its order; null if it did not. */
  paidAt: Date | null;
}

/** What of a checkout changes with its refunds. */
export interface CapturedChange extends Pick<Captured, 'refunding' | 'refunded'> {
  state: 'paid' | 'credited' | 'refunding' | 'refunded';
}

/** The state of a checkout that has captured money, by its refunds. */
export function stateAfterRefund(checkout: Captured): CapturedChange['state'] {
  if (checkout.refunding > 0) return 'refunding';
  if (checkout.refunded === checkout.captured) return 'refunded';
  return checkout.paidAt === null ? 'credited' : 'paid';
}

/** What becomes of a checkout of which `amount` (above 0) begins to go back. */
export function beginRefund(checkout: Captured, amount: number): CapturedChange {
  return after(checkout, { refunding: amount, refunded: 0 });
}

/** What a provider says about an attempt of a refund. */
export type RefundAnswer =
  | { kind: 'done'; ref: string }
  | {
      kind: 'failed';
      failure: string;
      /** The provider's id of the refund that has failed; undefined if it made none. */
      ref?: string | undefined;
    };

/** What of a refund changes. */
export interface RefundChange extends Pick<CardRefund, 'state'> {
  attempt?: number;
  /** In the provider's words. */
  failure: string | null;
  /** The provider's id of the refund. */
  providerRef?: string;
  endedAt: Date | null;
}

/** What becomes of a refund and of its checkout. */
export interface RefundEnd {
  refund: RefundChange;
  checkout: CapturedChange;
}

/**
 * Decides what an answer of the provider changes.
 * @returns undefined if it changes nothing: it is about another attempt, or the refund has ended
 */
export function decideAnswer(input: {
  refund: CardRefund;
  checkout: Captured;
  /** The attempt that is answered. */
  attempt: number;
  answer: RefundAnswer;
  /** Whether it is the answer of a call, which can be made twice, and not the provider's later word. */
  isOfCall: boolean;
  now: Date;
}): RefundEnd | undefined {
  const { refund, checkout, attempt, answer, isOfCall, now } = input;
  const { amount, state } = refund;
  if (attempt !== refund.attempt && !isOfAdopted(refund, answer)) return undefined;
  if (answer.kind === 'done') {
    if (state !== 'pending') return undefined;
    return {
      refund: { state: 'done', failure: null, providerRef: answer.ref, endedAt: now },
      checkout: after(checkout, { refunding: -amount, refunded: amount }),
    };
  }
  const failed = { state: 'failed', failure: answer.failure, endedAt: null } as const;
  if (state === 'pending') {
    return { refund: failed, checkout: after(checkout, { refunding: 0, refunded: 0 }) };
  }
  // A bank can return the money days after the provider has accepted the refund.
  if (state === 'done' && !isOfCall) {
    return { refund: failed, checkout: after(checkout, { refunding: amount, refunded: -amount }) };
  }
  return undefined;
}

/**
 * Whether a refund failed that an earlier attempt had made, without an answer, and that the present attempt found. The provider names the
 * attempt that made it.
 */
function isOfAdopted({ state, providerRef }: CardRefund, answer: RefundAnswer): boolean {
  return state === 'done' && answer.kind === 'failed' && answer.ref === providerRef;
}

/** Decides whether the provider is asked again for a refund. The new attempt has an idempotency key of its own. */
export function decideRetry(input: {
  refundId: number;
  refund: CardRefund | undefined;
}): Decision<RefundChange> {
  const failed = requireFailed(input);
  if (failed.refusal) return failed;
  const attempt = failed.change.attempt + 1;
  return { change: { state: 'pending', attempt, failure: null, endedAt: null } };
}

/**
 * Decides whether a refund that failed ends without the provider.
 * @returns also the points that move if it is given back in points
 */
export function decideOtherEnd(input: {
  refundId: number;
  refund: CardRefund | undefined;
  /** Its checkout; undefined only if there is no such refund. */
  checkout: Captured | undefined;
  as: 'points' | 'elsewhere';
  /** Of the user of the checkout. */
  balance: number;
  now: Date;
}): Decision<RefundEnd & { moved: Moved | undefined }> {
  const { checkout, as, now } = input;
  const failed = requireFailed(input);
  if (failed.refusal) return failed;
  if (!checkout) throw new Error(`The checkout of refund ${input.refundId} is not loaded.`);
  const { amount } = failed.change;
  return {
    change: {
      refund: {
        state: as === 'points' ? 'credited' : 'elsewhere',
        failure: null,
        endedAt: now,
      },
      checkout: after(checkout, { refunding: -amount, refunded: amount }),
      moved: as === 'points' ? charge(input.balance, amount) : undefined,
    },
  };
}

function requireFailed({
  refundId,
  refund,
}: {
  refundId: number;
  refund: CardRefund | undefined;
}): Decision<CardRefund> {
  if (!refund) return refuse('REFUND_NOT_FOUND', `There is no refund ${refundId} to a card.`);
  if (refund.state === 'failed') return { change: refund };
  return refuse('REFUND_NOT_FAILED', `Refund ${refundId} has not failed: it is ${refund.state}.`);
}

function after(checkout: Captured, by: Pick<Captured, 'refunding' | 'refunded'>): CapturedChange {
  const refunding = checkout.refunding + by.refunding;
  const refunded = checkout.refunded + by.refunded;
  return {
    refunding,
    refunded,
    state: stateAfterRefund({ ...checkout, refunding, refunded }),
  };
}
