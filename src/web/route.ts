/** The current view. It is stored in the URL after `#`, so that back, reload and bookmarks work. */
import { makeStore } from './store.ts';

export type View =
  | { name: 'concerts' }
  | { name: 'concert'; concertId: number }
  | { name: 'seats'; concertId: number; scheduleId: number }
  | { name: 'bookings' }
  | { name: 'tickets'; orderId: number };

export const addressOf = {
  concerts: '#/',
  concert: (concertId: number) => `#/concerts/${concertId}`,
  seats: (concertId: number, scheduleId: number) => `#/concerts/${concertId}/dates/${scheduleId}`,
  bookings: '#/bookings',
  tickets: (orderId: number) => `#/orders/${orderId}/tickets`,
};

function viewOf(address: string): View {
  if (address === addressOf.bookings) return { name: 'bookings' };
  const [, order] = /^#\/orders\/(\d+)\/tickets$/.exec(address) ?? [];
  if (order !== undefined) return { name: 'tickets', orderId: Number(order) };
  const [, concert, schedule] = /^#\/concerts\/(\d+)(?:\/dates\/(\d+))?$/.exec(address) ?? [];
  if (concert === undefined) return { name: 'concerts' };
  const concertId = Number(concert);
  if (schedule === undefined) return { name: 'concert', concertId };
  return { name: 'seats', concertId, scheduleId: Number(schedule) };
}

export const view = makeStore<View>(viewOf(location.hash));

addEventListener('hashchange', () => {
  view.set(viewOf(location.hash));
  scrollTo(0, 0);
});
