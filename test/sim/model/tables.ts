/** Compares what the model knows with the tables. Each function returns what is wrong, or undefined. */
import { type Books, isLive, type ModelOrder, priceOf } from './books.ts';
import type { LiveRows } from './rows.ts';

export function comparePoints(books: Books, { points }: LiveRows): string | undefined {
  for (const { subject, balance } of points) {
    const known = books.points.get(subject) ?? 0;
    if (known !== balance) return `${subject} has ${balance} points instead of ${known}`;
  }
  return undefined;
}

export function compareOrders(books: Books, { orders }: LiveRows, now: number): string | undefined {
  const found = new Map(orders.map((order) => [order.id, order]));
  for (const order of books.orders.values()) {
    if (!isLive(order)) continue;
    const row = found.get(order.id);
    found.delete(order.id);
    if (!row) {
      if (order.state !== 'held') return `order ${order.id} was ${order.state}, and has ended`;
      if (books.heldUntil(order) > now) return `order ${order.id} has ended before its hold`;
      books.expire(order);
    } else if (row.state !== order.state) {
      return `order ${order.id} is ${row.state} instead of ${order.state}`;
    } else if (row.state === 'held') {
      const wrong = compareHeld(order, row);
      if (wrong) return wrong;
    }
  }
  for (const { id, state } of found.values()) return `order ${id} is ${state}, and was ended`;
  return undefined;
}

export function comparePlaces(books: Books, { seats, areas }: LiveRows): string | undefined {
  const live = [...books.orders.values()].filter(isLive);
  const places = live.flatMap((order) => order.places.map((each) => ({ ...each, order })));
  const holders = new Map(places.map(({ seatId, order }) => [seatId, order]));
  for (const { id, state, isBlocked, ...seat } of seats) {
    const holder = holders.get(id);
    const known = holder ? (holder.state === 'held' ? 'held' : 'sold') : 'available';
    if (state !== known) return `seat ${id} is ${state} instead of ${known}`;
    if (isBlocked !== books.blocked.has(id)) {
      return `seat ${id} is ${isBlocked ? '' : 'not '}blocked`;
    }
    books.seats.set(id, seat);
    books.been.add(`${id} ${isBlocked ? 'blocked' : state}`);
  }
  for (const { id, capacity, held, sold } of areas) {
    const ofArea = places.filter(({ areaId }) => areaId === id);
    const knownHeld = ofArea.filter(({ order }) => order.state === 'held').length;
    const knownSold = ofArea.length - knownHeld;
    if (held !== knownHeld || sold !== knownSold) {
      return `area ${id} has ${held} held and ${sold} sold places instead of ${knownHeld} and ${knownSold}`;
    }
    if (held + sold > capacity) {
      return `area ${id} has ${capacity} places, and ${held + sold} are taken`;
    }
  }
  return undefined;
}

/** Nobody else gets a held place before the grace period of its hold is over, and a paid one has no end. */
export function compareEnds(books: Books, { places }: LiveRows): string | undefined {
  for (const { bookingId, keptUntil } of places) {
    const order = books.orderOfBooking(bookingId);
    if (!order) return `booking ${bookingId} is of no order`;
    const known = order.state === 'held' ? books.heldUntil(order) : null;
    if (keptUntil !== known) {
      return `the place of booking ${bookingId} is kept until ${keptUntil} instead of ${known}`;
    }
  }
  return undefined;
}

export function compareCheckouts(books: Books, { checkouts }: LiveRows): string | undefined {
  for (const row of checkouts) {
    const known = books.checkouts.get(row.id);
    for (const field of ['state', 'captured', 'refunding', 'refunded'] as const) {
      if (row[field] === known?.[field]) continue;
      return `${field} of checkout ${row.id} is ${row[field]} instead of ${known?.[field]}`;
    }
  }
  return undefined;
}

function compareHeld(
  { id, places, holdExpiresAt }: ModelOrder,
  row: { total: number; holdExpiresAt: number },
): string | undefined {
  if (Number(row.total) !== priceOf(places)) {
    return `order ${id} costs ${row.total} instead of ${priceOf(places)}`;
  }
  const difference = Number(row.holdExpiresAt) - holdExpiresAt;
  return difference === 0
    ? undefined
    : `order ${id} is held ${difference} ms longer than it may be`;
}
