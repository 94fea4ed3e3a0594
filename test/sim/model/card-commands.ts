/** What the model expects of commands about card payments. */
import type { Applied } from '../checks/recorder.ts';
import type { Books } from './books.ts';
import * as money from './money.ts';
import * as refunds from './refunds.ts';

/** @returns what is wrong with a command that succeeded; undefined if nothing is, or if it is about something else */
export function succeedByCard(books: Books, applied: Applied, result: any): string | undefined {
  switch (applied.name) {
    case 'start-checkout':
      return money.startCheckout(books, applied, result);
    case 'start-top-up':
      return money.startTopUp(books, applied, result);
    case 'checkout-opened':
      return money.checkoutOpened(books, applied, result);
    case 'settle-checkout':
      return money.settle(books, applied, result);
    case 'refund-ended':
      return refunds.refundEnded(books, applied, result);
    case 'retry-refund':
      return refunds.retryRefund(books, result);
    case 'end-refund':
      return refunds.endRefund(books, result);
    default:
      return undefined;
  }
}
