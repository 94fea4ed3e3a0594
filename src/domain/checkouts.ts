/**
 * The rules for card payments. A checkout is `opening` until the provider has its page, and `open` until it is paid or over. What
 * was captured always goes through the user's points, in one transaction: it pays the order (`paid`), stays (`credited`), or goes
 * back to the card (`refunding`, then `refunded`).
 *
 * What a provider tells may come late, twice and in any order. Money is never refused, whatever was said before; anything else is
 * believed only of a checkout that is not over.
 */
import { type Named, type Order, refuseChange } from './orders.ts';
import { type Decision, type Refusal, refuse } from './reasons.ts';

export type CheckoutState =
  | 'opening'
  | 'open'
  | 'paid'
  | 'credited'
  | 'failed'
  | 'expired'
  | 'refunding'
  | 'refunded';

export interface Checkout {
  id: number;
  state: CheckoutState;
  /** In minor units; one is one point. */
  amount: number;
  /** 0 until the provider says that it is paid. */
  captured: number;
  /** Null for a top-up. */
  orderId: number | null;
  /** The provider's id of the payment, once it is known. */
  providerRef: string | null;
  /** The payment page, once it is open. */
  redirectUrl: string | null;
  /** The end of the page. */
  expiresAt: Date;
}

/** What a user has begun of late. */
export interface Begun {
  /** Checkouts that are not over, and when the first of them ends. */
  live: number;
  liveUntil: Date | null;
  /** Those begun within the last hour, and the first of them. */
  lastHour: number;
  firstOfHour: Date | null;
}

/** A user may have this many checkouts that are not over, and begin this many in an hour: each one costs calls to the provider. */
export const LIVE_MAX = 5;
export const HOURLY_MAX = 20;
const HOUR_MS = 3_600_000;

/** When a user may try again whose checkouts are over, but not settled. */
const OVER_RETRY_SECONDS = 60;

/** A payment page that would be open for a shorter time is not worth opening. */
const PAGE_MIN_MS = 30_000;

/** Refuses a user who has begun too many checkouts. @param now the time of the batch */
function refuseTooMany(begun: Begun, now: Date): { refusal: Refusal } | undefined {
  const secondsTo = (time: number) => Math.max(1, Math.ceil((time - now.getTime()) / 1000));
  if (begun.live >= LIVE_MAX) {
    const untilEnd = secondsTo(begun.liveUntil?.getTime() ?? 0);
    // One that is over lasts until its provider has said what became of it: nobody knows when.
    const isOver = begun.liveUntil === null || begun.liveUntil <= now;
    const retryAfterSeconds = isOver ? OVER_RETRY_SECONDS : untilEnd;
    const detail = `You have ${begun.live} card payments that are not finished; at most ${LIVE_MAX} are allowed.`;
    return refuse('CHECKOUT_LIMIT_REACHED', detail, { retryAfterSeconds });
  }
  if (begun.lastHour < HOURLY_MAX) return undefined;
  const retryAfterSeconds = secondsTo((begun.firstOfHour?.getTime() ?? 0) + HOUR_MS);
  const detail = `You have begun ${begun.lastHour} card payments within an hour; at most ${HOURLY_MAX} are allowed.`;
  return refuse('CHECKOUT_LIMIT_REACHED', detail, { retryAfterSeconds });
}

/** How long a payment page is open. */
export interface PageTimes {
  now: Date;
  checkoutMs: number;
}

/** Decides whether a user can begin to buy points by card. @returns the end of the page */
export function decideTopUp(
  begun: Begun,
  { now, checkoutMs }: PageTimes,
): Decision<{ expiresAt: Date }> {
  const tooMany = refuseTooMany(begun, now);
  return tooMany ?? { change: { expiresAt: new Date(now.getTime() + checkoutMs) } };
}

export interface BegunCheckout {
  /** What the buyer pays. */
  amount: number;
  /** The end of the page. */
  expiresAt: Date;
  /** The new end of the hold; undefined if it stays. */
  holdExpiresAt: Date | undefined;
}

/**
 * Decides whether the user of a held order can begin to pay it by card. The hold is prolonged once, with the first checkout of the
 * order: it lasts as long as the page. A later one has the rest of the hold. The page ends when the performance starts, because money
 * that comes later does not pay the order.
 */
export function decideCheckout(input: {
  named: Named;
  order: (Order & { startAt: Date }) | undefined;
  /** All checkouts of the order. */
  checkouts: readonly Pick<Checkout, 'id' | 'state'>[];
  userId: number;
  begun: Begun;
  acceptedAt: Date;
  times: PageTimes;
  /** Why the command's queue token is refused, if it is. */
  noToken: Refusal | undefined;
}): Decision<BegunCheckout> {
  const { named, order, checkouts, userId, acceptedAt, noToken } = input;
  const { now, checkoutMs } = input.times;
  const refused = refuseChange(named, order, { by: { userId }, acceptedAt, isPaying: true });
  if (refused) return refused;
  const { id, holdExpiresAt: present, total: amount, startAt } = order as Order & { startAt: Date };
  const live = checkouts.find(isLive);
  if (live) {
    const detail = `Order ${id} has a payment page that is open.`;
    return refuse('CHECKOUT_OPEN', detail, { checkoutId: live.id });
  }
  const isFirst = checkouts.length === 0;
  // Only of another page: while one is open, the buyer can still pay there.
  if (!isFirst && present.getTime() - now.getTime() < PAGE_MIN_MS) {
    const detail = `The hold of order ${id} ends at ${present.toISOString()}, too soon for another payment page.`;
    return refuse('HOLD_EXPIRED', detail);
  }
  if (amount === 0)
    return refuse('NOTHING_TO_PAY', `Order ${id} costs nothing: pay it with points.`);
  if (noToken) return { refusal: noToken };
  const pageEnd = earlier(new Date(now.getTime() + checkoutMs), startAt);
  if (startAt.getTime() - now.getTime() < PAGE_MIN_MS) {
    const detail = `The performance starts at ${startAt.toISOString()}, too soon for a payment page.`;
    return refuse('BOOKING_CLOSED', detail);
  }
  const tooMany = refuseTooMany(input.begun, now);
  if (tooMany) return tooMany;
  const holdEnd = isFirst ? later(present, pageEnd) : present;
  const holdExpiresAt = holdEnd > present ? holdEnd : undefined;
  return { change: { amount, expiresAt: earlier(holdEnd, pageEnd), holdExpiresAt } };
}

/** Whether a checkout is not over. */
export function isLive({ state }: Pick<Checkout, 'state'>): boolean {
  return state === 'opening' || state === 'open';
}

/** When a provider is first asked about a checkout that heard nothing: after `reconcileMs`, and at its end at the latest. */
export function firstLook(expiresAt: Date, now: Date, reconcileMs: number): Date {
  return earlier(new Date(now.getTime() + reconcileMs), expiresAt);
}

const earlier = (one: Date, other: Date) => (one < other ? one : other);
const later = (one: Date, other: Date) => (one > other ? one : other);
