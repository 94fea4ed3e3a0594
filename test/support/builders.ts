/** Builders of rows with valid default values; a test overrides only what matters to it. */
import type { Area } from '../../src/domain/areas.ts';
import type { Checkout } from '../../src/domain/checkouts.ts';
import type { BookingWindow, Seat } from '../../src/domain/holds.ts';
import type { Booking, Order } from '../../src/domain/orders.ts';
import type { QueueEntry } from '../../src/domain/queue-entries.ts';

/** The current time in the unit tests. */
export const NOW = new Date('2026-05-01T12:00:00.000Z');

export function minutesFromNow(minutes: number): Date {
  return new Date(NOW.getTime() + minutes * 60_000);
}

/** A place to be booked. */
type OnSale<Place> = Place & BookingWindow & { scheduleId: number };

export function aSeat(change: Partial<OnSale<Seat>> = {}): OnSale<Seat> {
  return {
    id: 7,
    scheduleId: 2,
    state: 'available',
    heldUntil: null,
    blockedReason: null,
    bookingStartAt: minutesFromNow(-60),
    bookingEndAt: minutesFromNow(60),
    startAt: minutesFromNow(120),
    cancelledAt: null,
    closedAt: null,
    ...change,
  };
}

export function anArea(change: Partial<OnSale<Area>> = {}): OnSale<Area> {
  return {
    id: 4,
    scheduleId: 2,
    capacity: 100,
    held: 0,
    sold: 0,
    bookingStartAt: minutesFromNow(-60),
    bookingEndAt: minutesFromNow(60),
    startAt: minutesFromNow(120),
    cancelledAt: null,
    closedAt: null,
    ...change,
  };
}

export function aBooking(change: Partial<Booking> = {}): Booking {
  return {
    id: 3,
    orderId: 5,
    seatId: 7,
    price: 100,
    endedAs: null,
    ...change,
  };
}

/** The order of `aBooking`. */
export function anOrder(change: Partial<Order> = {}): Order {
  return {
    id: 5,
    userId: 1,
    state: 'held',
    total: 100,
    holdExpiresAt: minutesFromNow(5),
    cancelledAt: null,
    ...change,
  };
}

/** A checkout of `anOrder`, whose page is open. */
export function aCheckout(change: Partial<Checkout> = {}): Checkout {
  return {
    id: 9,
    state: 'open',
    amount: 100,
    captured: 0,
    orderId: 5,
    providerRef: 'chk_1',
    redirectUrl: 'http://localhost:3100/pay/chk_1',
    expiresAt: minutesFromNow(10),
    ...change,
  };
}

export function aQueueEntry(change: Partial<QueueEntry> = {}): QueueEntry {
  return {
    id: 11,
    queueId: 1,
    userId: 1,
    state: 'active',
    enteredAt: minutesFromNow(-3),
    expiresAt: minutesFromNow(2),
    claimedAt: null,
    bookingUntil: null,
    endedAt: null,
    endReason: null,
    ...change,
  };
}
