/** The current view. It is stored in the URL after `#`, so that back, reload and bookmarks work. */
import { returnedCheckout } from './cards/return-address.ts';
import { makeStore } from './store.ts';

export type View =
  | { name: 'concerts' }
  | { name: 'concert'; concertId: number }
  | { name: 'seats'; concertId: number; scheduleId: number }
  | { name: 'orders' }
  | { name: 'order'; orderId: number }
  | { name: 'tickets'; orderId: number }
  | { name: 'checkout'; checkoutId: number };

export const addressOf = {
  concerts: '#/',
  concert: (concertId: number) => `#/concerts/${concertId}`,
  seats: (concertId: number, scheduleId: number) => `#/concerts/${concertId}/dates/${scheduleId}`,
  orders: '#/orders',
  order: (orderId: number) => `#/orders/${orderId}`,
  tickets: (orderId: number) => `#/orders/${orderId}/tickets`,
  checkout: (checkoutId: number) => `#/checkouts/${checkoutId}`,
};

/** Identifies what a view shows. */
export const keyOf = (view: View): string => Object.values(view).join(' ');

function viewOf(address: string): View {
  // The second one is in bookmarks of older versions.
  if (address === addressOf.orders || address === '#/bookings') return { name: 'orders' };
  const [, order, tickets] = /^#\/orders\/(\d+)(\/tickets)?$/.exec(address) ?? [];
  if (order !== undefined) return { name: tickets ? 'tickets' : 'order', orderId: Number(order) };
  const [, checkout] = /^#\/checkouts\/(\d+)$/.exec(address) ?? [];
  if (checkout !== undefined) return { name: 'checkout', checkoutId: Number(checkout) };
  const [, concert, schedule] = /^#\/concerts\/(\d+)(?:\/dates\/(\d+))?$/.exec(address) ?? [];
  if (concert === undefined) return { name: 'concerts' };
  const concertId = Number(concert);
  if (schedule === undefined) return { name: 'concert', concertId };
  return { name: 'seats', concertId, scheduleId: Number(schedule) };
}

// A payment page names the checkout in the query, which is gone after the next navigation.
const returned = returnedCheckout(location.search);
if (returned !== undefined) {
  history.replaceState(null, '', location.pathname + addressOf.checkout(returned));
}

export const view = makeStore<View>(viewOf(location.hash));

addEventListener('hashchange', () => {
  view.set(viewOf(location.hash));
  scrollTo(0, 0);
});
