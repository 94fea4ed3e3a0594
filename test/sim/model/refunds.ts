/** What the model expects of refunds to cards. */

import type { Applied } from '../checks/recorder.ts';
import type { Books, ModelRefund } from './books.ts';

type Result = any;

/** A refund that is tried again is a new one to the provider. */
export function refundEnded(books: Books, { input }: Applied, result: Result): string | undefined {
  const { kind } = input.answer as { kind: 'done' | 'failed' };
  const refund = refundOf(books, result);
  if (typeof refund === 'string') return refund;
  if (refund.attempt === input.attempt && refund.state === 'pending') {
    refund.state = kind;
    if (kind === 'done') giveBack(refund);
    if (refund.triedBefore === books.settings.refundsTried()) {
      return `the provider was not asked for refund ${refund.id} again`;
    }
  }
  return compareRefund(refund, result);
}

export function retryRefund(books: Books, result: Result): string | undefined {
  const refund = refundOf(books, result);
  if (typeof refund === 'string') return refund;
  if (refund.state !== 'failed') return `refund ${refund.id} is ${refund.state}`;
  retry(books, refund);
  return compareRefund(refund, result);
}

/** An operator has all failed refunds of a cancelled performance tried again. */
export function retryRefundsOf(books: Books, { input }: Applied): undefined {
  const scheduleId = Number(input.scheduleId);
  for (const refund of books.refunds.values()) {
    const order = books.orders.get(refund.checkout.orderId ?? 0);
    if (refund.state === 'failed' && order?.scheduleId === scheduleId) retry(books, refund);
  }
}

function retry(books: Books, refund: ModelRefund): void {
  refund.state = 'pending';
  refund.attempt += 1;
  refund.triedBefore = books.settings.refundsTried();
}

/** An operator gives the amount in points instead. */
export function endRefund(books: Books, result: Result): string | undefined {
  const refund = refundOf(books, result);
  if (typeof refund === 'string') return refund;
  if (refund.state !== 'failed') return `refund ${refund.id} is ${refund.state}`;
  refund.state = 'credited';
  giveBack(refund);
  refund.checkout.inPoints += refund.amount;
  return (
    books.changePoints(refund.checkout.subject, refund.amount) ?? compareRefund(refund, result)
  );
}

function giveBack({ checkout, amount }: ModelRefund): void {
  checkout.refunding -= amount;
  checkout.refunded += amount;
  if (checkout.refunding > 0) return;
  const isAll = checkout.refunded === checkout.captured;
  checkout.state = isAll ? 'refunded' : checkout.hasPaid ? 'paid' : 'credited';
}

/** The model learns the id of a refund with the first command about it. */
function refundOf(books: Books, { id, checkoutId, amount }: Result): ModelRefund | string {
  const known = books.refunds.get(id);
  if (known) return known;
  const checkout = books.checkouts.get(checkoutId);
  const at = checkout?.owed.indexOf(amount) ?? -1;
  if (!checkout || at < 0) return `checkout ${checkoutId} owes no refund of ${amount}`;
  checkout.owed.splice(at, 1);
  const refund: ModelRefund = {
    ...{ id, checkout, amount, attempt: 1 },
    ...{ state: 'pending', triedBefore: undefined },
  };
  books.refunds.set(id, refund);
  return refund;
}

function compareRefund({ id, state, attempt }: ModelRefund, said: Result): string | undefined {
  if (said.state === state && said.attempt === attempt) return undefined;
  return `it says that refund ${id} is ${said.state} (${said.attempt}), and not ${state} (${attempt})`;
}
