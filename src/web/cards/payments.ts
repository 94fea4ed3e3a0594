/** Begins card payments, and sends the buyer to the payment page. */
import type { Checkout, PublicSettings } from '../../client/index.ts';
import { callApi, problemOf } from '../api.ts';
import { prolongAdmission } from '../queue-entry.ts';
import { addressOf } from '../route.ts';
import { sendOnce } from '../send-once.ts';
import { returnUrlOf } from './return-address.ts';

/** The rules of the sale, which the API has put into the page. */
export const settings: PublicSettings = JSON.parse(document.body.dataset.settings ?? '{}');

export const { hasCards, isChargingOpen, currency } = settings;

/** Opens the payment page of an order. If one is still open, that one. */
export async function payByCard(order: { id: number }): Promise<void> {
  const payment = { returnUrl: returnUrlOf(location) };
  const checkout = await sendOnce(['pay by card', order.id, payment], (seatlane, options) =>
    seatlane.checkoutOrder(order, payment, options),
  ).catch((error) => {
    const { checkoutId } = problemOf(error)?.problem ?? {};
    if (problemOf(error)?.code !== 'CHECKOUT_OPEN' || checkoutId === undefined) throw error;
    return callApi((seatlane) => seatlane.checkout(checkoutId));
  });
  prolongAdmission(checkout.expiresAt);
  goTo(checkout);
}

/** Opens the payment page of a top-up. */
export async function buyPoints(amount: number): Promise<void> {
  const payment = { returnUrl: returnUrlOf(location) };
  const checkout = await sendOnce(['buy points', amount, payment], (seatlane, options) =>
    seatlane.topUp(amount, payment, options),
  );
  goTo(checkout);
}

/** Without a payment page, the view of the checkout says why. */
function goTo({ id, redirectUrl }: Checkout): void {
  if (redirectUrl !== null && isWebAddress(redirectUrl)) location.assign(redirectUrl);
  else location.hash = addressOf.checkout(id);
}

const isWebAddress = (url: string) => /^https?:$/.test(new URL(url).protocol);
