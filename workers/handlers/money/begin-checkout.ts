/** Begins a checkout, with the call that opens its payment page. Shared by `start-checkout` and `start-top-up`. */
import { firstLook } from '../../../src/domain/checkouts.ts';
import type { CheckoutRow } from '../../rows/rows.ts';
import type { Applying } from '../handler.ts';

type Begun = Pick<CheckoutRow, 'orderId' | 'provider' | 'amount' | 'expiresAt' | 'returnUrl'>;

/** @returns the checkout, which is added to the rows */
export function beginCheckout(
  { command, rows, now, settings }: Applying,
  begun: Begun,
): CheckoutRow {
  const { currency, reconcileMs } = settings.payments;
  const checkout = rows.money.checkouts.add({
    ...begun,
    id: rows.newIds.checkout.take(),
    userId: command.userId,
    currency,
    state: 'opening',
    providerRef: null,
    redirectUrl: null,
    failure: null,
    lookAt: firstLook(begun.expiresAt, now, reconcileMs),
    looks: 0,
    captured: 0,
    refunding: 0,
    refunded: 0,
    paidAt: null,
    settledJobId: null,
    settledAt: null,
    createdAt: now,
    jobId: command.jobId,
  });
  rows.money.oweCall('open', checkout.id);
  return checkout;
}
