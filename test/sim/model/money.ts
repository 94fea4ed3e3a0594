/** What the model expects of card payments. */
import type { Checkout } from '../../../scripts/sandbox/books.ts';
import type { Applied } from '../checks/recorder.ts';
import {
  type Books,
  isOpen,
  type ModelCheckout,
  type ModelOrder,
  oweRefund,
  priceOf,
} from './books.ts';
import { refusePayment } from './buying.ts';

type Result = any;

const NO_MONEY = { captured: 0, refunding: 0, refunded: 0, inPoints: 0, hasPaid: false };

function begin(books: Books, subject: string, { id, orderId, amount }: Result): void {
  books.checkouts.set(id, {
    id,
    subject,
    orderId,
    amount,
    state: 'opening',
    ...NO_MONEY,
    owed: [],
  });
}

export function startCheckout(books: Books, applied: Applied, result: Result): string | undefined {
  const order = books.orders.get(result.orderId);
  const wrong = refusePayment(books, applied, order);
  if (wrong || !order) return wrong;
  if (books.openCheckoutOf(order.id)) return 'another payment page is open';
  const price = priceOf(order.places);
  if (result.amount !== price) return `order ${order.id} costs ${price}`;
  const isFirst = books.checkoutsOf(order.id).length === 0;
  if (isFirst) {
    const pageEnd = applied.now + books.settings.checkoutMs;
    order.holdExpiresAt = Math.max(order.holdExpiresAt, pageEnd);
  }
  begin(books, applied.subject, result);
  const end = Date.parse(result.expiresAt);
  return end > order.holdExpiresAt ? 'the page is open longer than the hold lasts' : undefined;
}

export function startTopUp(books: Books, { subject }: Applied, result: Result): undefined {
  begin(books, subject, result);
}

/** @param result `{}` if the command was about another checkout */
export function checkoutOpened(books: Books, { input }: Applied, result: Result) {
  const checkout = books.checkouts.get(Number(input.checkoutId));
  if (!checkout) return `there is no checkout ${input.checkoutId}`;
  const { kind } = input.answer as { kind: 'opened' | 'refused' | 'over' };
  const states = { opened: 'open', refused: 'failed', over: 'expired' } as const;
  if (checkout.state === 'opening') checkout.state = states[kind];
  return compareState(checkout, result.state);
}

function compareState({ id, state }: ModelCheckout, said: string): string | undefined {
  return said === state ? undefined : `it says that checkout ${id} is ${said}, and not ${state}`;
}

/** What a provider tells of a payment. Money is never refused. */
export function settle(books: Books, { input, now }: Applied, result: Result): string | undefined {
  const checkout = books.checkouts.get(Number(input.checkoutId));
  if (!checkout || !result.checkout) return `there is no checkout ${input.checkoutId}`;
  if (input.outcome !== 'paid') {
    if (isOpen(checkout)) checkout.state = input.outcome as 'failed' | 'expired';
  } else if (checkout.captured === 0) {
    capture(books, checkout, { amount: Number(input.amount), now, said: result.checkout.state });
  }
  return compareState(checkout, result.checkout.state);
}

interface Captured {
  amount: number;
  now: number;
  /** The state after it, as the command says. */
  said: string;
}

function capture(books: Books, checkout: ModelCheckout, { amount, now, said }: Captured): void {
  checkout.captured = amount;
  const order = books.orders.get(checkout.orderId ?? 0);
  if (order && canBePaid(books, order, { amount, now })) {
    // Another command of its batch may have given the places to others, of which the model hears with the next comparison.
    if (said !== 'refunding' || books.heldUntil(order) > now) {
      Object.assign(order, { state: 'paid', paidBy: checkout });
      Object.assign(checkout, { state: 'paid', hasPaid: true });
      return;
    }
    books.expire(order);
  }
  if (checkout.orderId === null) {
    books.changePoints(checkout.subject, amount);
    checkout.state = 'credited';
  } else oweRefund(checkout, amount);
}

function canBePaid(
  books: Books,
  { state, scheduleId, places }: ModelOrder,
  { amount, now }: Pick<Captured, 'amount' | 'now'>,
): boolean {
  return state === 'held' && !books.isCancelled(scheduleId, now) && priceOf(places) === amount;
}

/** Compares with the books of the provider, which is ahead. @returns what is wrong */
export function compareProvider(books: Books, checkouts: Iterable<Checkout>): string | undefined {
  for (const { checkoutId, captured, refunded } of checkouts) {
    const known = books.checkouts.get(checkoutId);
    if (!known) return `the provider has a page of checkout ${checkoutId}, which does not exist`;
    if (known.captured > captured) return `checkout ${checkoutId} has captured too much`;
    const toCard = known.refunded - known.inPoints;
    if (toCard > refunded || refunded > toCard + known.refunding) {
      return `the provider has refunded ${refunded} of checkout ${checkoutId} instead of ${toCard} to ${toCard + known.refunding}`;
    }
  }
  return undefined;
}

/** Whether nothing is on its way any more. */
export function isSettled(books: Books, checkouts: Iterable<Checkout>): boolean {
  for (const each of books.checkouts.values()) if (isOpen(each) || each.refunding > 0) return false;
  for (const { checkoutId, captured } of checkouts) {
    if (books.checkouts.get(checkoutId)?.captured !== captured) return false;
  }
  return true;
}
