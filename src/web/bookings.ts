/** The commands on orders, bookings and points, and the user's balance. */
import type { NewOrder, Order } from '../client/index.ts';
import type { Booking, Seat } from '../commands/schemas/resources.ts';
import { callApi } from './api.ts';
import { secondsUntil } from './clock.ts';
import { prolongAdmission } from './queue-entry.ts';
import { forgetUnanswered, sendOnce } from './send-once.ts';
import { user } from './session.ts';
import { makeStore } from './store.ts';
import type { Texts } from './texts/en.ts';

/** The API's limit of seats in one order. */
export const SEATS_AT_ONCE_MAX = 10;
const RECENT = 100;

/** In points; undefined until it has been read. */
export const balance = makeStore<number | undefined>(undefined);

export async function readBalance(): Promise<void> {
  balance.set((await callApi((seatlane) => seatlane.points())).balance);
}

/** @returns the new balance, in points */
export async function charge(amount: number): Promise<number> {
  const charged = await sendOnce(['charge', amount], (seatlane, options) =>
    seatlane.charge(amount, options),
  );
  balance.set(charged.balance);
  return charged.balance;
}

export async function readBookings(): Promise<Booking[]> {
  const { items } = await callApi((seatlane) => seatlane.bookings({ limit: RECENT }));
  const live = items.filter(isLive);
  // If an order had no answer, it is probably among the new ones.
  if (live.some(({ id }) => !knownHolds.has(id))) forgetUnanswered('order');
  noteHolds(live);
  holdsNothing.set(live.length === 0);
  return items;
}

/** The ids of the live holds that the page has seen. */
const knownHolds = new Set<number>();

function noteHolds(live: readonly Booking[]): void {
  for (const { id } of live) knownHolds.add(id);
}

/** Whether the user held nothing, of any concert, when the bookings were read last, and has not ordered since. */
export const holdsNothing = makeStore(false);

/** Whether a clock of a hold is shown; the clock of the turn is hidden then, because one clock is enough. */
export const isHoldShown = makeStore(false);

/** The orders that were just paid, so that the page confirms it. */
export const justPaid = makeStore<readonly number[]>([]);

/** What is known of a user is nothing to another one, who may have signed in at another tab. */
let knownOf = user.get()?.subject;
user.subscribe(() => {
  const subject = user.get()?.subject;
  if (subject === knownOf) return;
  knownOf = subject;
  balance.set(undefined);
  justPaid.set([]);
  holdsNothing.set(false);
});

/**
 * Holds seats, and places of areas, of one schedule as one order, all or none. Who chooses a wheelchair space, or the seat beside
 * it, asks for one: the map and the list say what it is.
 */
export function holdPlaces(
  scheduleId: number,
  seats: readonly Pick<Seat, 'id' | 'kind'>[],
  areas: NonNullable<NewOrder['areas']> = [],
): Promise<Booking[]> {
  return hold({
    scheduleId,
    ...(seats.length > 0 && { seatIds: seats.map(({ id }) => id) }),
    ...(areas.length > 0 && { areas }),
    ...(seats.some(({ kind }) => kind !== undefined) && { accessible: true }),
  });
}

export interface BestSeatsRequest {
  quantity: number;
  /** The limits of the price of one seat, in points, both inclusive. */
  minPrice?: number | undefined;
  maxPrice?: number | undefined;
  section?: string | undefined;
}

export function holdBest(scheduleId: number, bestAvailable: BestSeatsRequest): Promise<Booking[]> {
  return hold({ scheduleId, bestAvailable });
}

async function hold(places: NewOrder): Promise<Booking[]> {
  const { bookings, holdExpiresAt } = await sendOnce(['order', places], (seatlane, options) =>
    seatlane.order(places, options),
  );
  noteHolds(bookings);
  holdsNothing.set(false);
  prolongAdmission(holdExpiresAt);
  return bookings;
}

/** Takes a place out of its held order, or refunds it. */
export function cancel({ id }: Booking): Promise<Booking> {
  return sendOnce(['cancel', id], (seatlane, options) => seatlane.cancel(id, options));
}

/** An order that a command did not change, and why. */
export interface Failure {
  /** Its places. */
  held: readonly Booking[];
  problem: unknown;
}

/** Gives back a held order, or refunds a paid one. */
export function cancelOrder(order: Pick<Order, 'id' | 'bookings'>): Promise<Order> {
  return sendOnce(['cancel order', order.id], (seatlane, options) =>
    seatlane.cancel(order, options),
  );
}

/** Gives back the orders of these holds, each as a whole. @returns those that were not given back */
export function cancelOrders(held: readonly Booking[]): Promise<Failure[]> {
  return eachOrder(held, cancelOrder);
}

/**
 * Pays the orders of these holds, each as a whole. The user's turn lasts until the last of them is paid.
 * @returns those that were not paid
 */
export function payOrders(held: readonly Booking[]): Promise<Failure[]> {
  return eachOrder(held, (order) =>
    sendOnce(['pay order', order.id], (seatlane, options) => seatlane.pay(order, options)),
  );
}

async function eachOrder(
  held: readonly Booking[],
  act: (order: { id: number; bookings: Booking[] }) => Promise<unknown>,
): Promise<Failure[]> {
  const orders = [...Map.groupBy(held, ({ orderId }) => orderId)];
  const failures = await Promise.all(
    orders.map(([id, bookings]) =>
      act({ id, bookings }).then(
        () => [],
        (problem) => [{ held: bookings, problem }],
      ),
    ),
  );
  return failures.flat();
}

/** The name of the place: that of its area, or of its seat. */
export function placeName(
  t: Texts,
  {
    areaName,
    section,
    row,
    seatNumber,
  }: Pick<Booking, 'areaName' | 'section' | 'row' | 'seatNumber'>,
): string {
  return areaName ?? t.seatName(section, row, seatNumber ?? 0);
}

/** A hold that can still be paid. */
export function isLive({ state, holdExpiresAt }: Booking): boolean {
  return state === 'held' && secondsUntil(holdExpiresAt) > 0;
}

/** The state of an order by the present time: its hold may have ended since it was read. */
export function stateOf({ state, holdExpiresAt }: Order): Order['state'] {
  return state === 'held' && secondsUntil(holdExpiresAt) === 0 ? 'expired' : state;
}

export function totalOf(priced: readonly { price: number }[]): number {
  return priced.reduce((sum, { price }) => sum + price, 0);
}
