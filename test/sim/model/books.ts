/** What the model knows: seats, places of areas, orders, points, card payments and tickets, in memory. */
import type { CheckoutState } from '../../../src/domain/checkouts.ts';

export interface ModelSettings {
  holdMs: number;
  graceMs: number;
  checkoutMs: number;
  seatsMax: number;
  maxActive: number;
  /** How many refunds the provider has tried. */
  refundsTried(): number;
}

export interface Place {
  bookingId: number;
  seatId: number | null;
  areaId: number | null;
  price: number;
}

export interface ModelOrder {
  id: number;
  subject: string;
  scheduleId: number;
  /** The queue entry with which it was placed. */
  entryId: number | undefined;
  state: 'held' | 'paid' | 'partly-refunded' | 'expired' | 'cancelled' | 'refunded';
  /** Its live places. */
  places: Place[];
  holdExpiresAt: number;
  /** The checkout that has paid it; undefined for points. */
  paidBy: ModelCheckout | undefined;
}

export interface ModelCheckout {
  id: number;
  subject: string;
  orderId: number | null;
  amount: number;
  state: CheckoutState;
  captured: number;
  refunding: number;
  refunded: number;
  /** What of `refunded` was given back in points. */
  inPoints: number;
  hasPaid: boolean;
  /** The amounts of refunds of which no answer has come yet. */
  owed: number[];
}

export interface ModelRefund {
  id: number;
  checkout: ModelCheckout;
  amount: number;
  attempt: number;
  state: 'pending' | 'done' | 'failed' | 'credited';
  /** How many refunds the provider had tried when an operator had this one tried again. */
  triedBefore: number | undefined;
}

export const isLive = ({ state }: ModelOrder): boolean =>
  state === 'held' || state === 'paid' || state === 'partly-refunded';

export const isOpen = ({ state }: ModelCheckout): boolean =>
  state === 'opening' || state === 'open';

export function priceOf(places: readonly Place[]): number {
  return places.reduce((sum, { price }) => sum + price, 0);
}

/** Money begins to go back to a card. */
export function oweRefund(checkout: ModelCheckout, amount: number): void {
  checkout.refunding += amount;
  checkout.owed.push(amount);
  checkout.state = 'refunding';
}

export class Books {
  readonly settings: ModelSettings;
  readonly points = new Map<string, number>();
  readonly orders = new Map<number, ModelOrder>();
  /** The orders of bookings. */
  readonly orderOf = new Map<number, number>();
  readonly checkouts = new Map<number, ModelCheckout>();
  readonly refunds = new Map<number, ModelRefund>();
  /** Performances that were cancelled, with the time of the batch, in ms since 1970. */
  readonly cancelled = new Map<number, number>();
  /** Seats that operators have blocked. */
  readonly blocked = new Set<number>();
  /** By id; their kinds are 1 for accessible ones, and 2 for those of companions. */
  readonly seats = new Map<number, { scheduleId: number; kind: number }>();
  /** What seats have been, by id and state. */
  readonly been = new Set<string>();
  /** Tickets whose holders have entered. */
  readonly entered = new Set<number>();

  readonly #onExpired: (bookingId: number) => void;

  /** @param onExpired called with each booking whose hold has ended */
  constructor(settings: ModelSettings, onExpired: (bookingId: number) => void) {
    this.settings = settings;
    this.#onExpired = onExpired;
  }

  /** The hold of an order has ended. */
  expire(order: ModelOrder): void {
    order.state = 'expired';
    for (const { bookingId } of order.places) this.#onExpired(bookingId);
  }

  /** @returns the order of a live place */
  holderOf(seatId: number): ModelOrder | undefined {
    for (const order of this.orders.values()) {
      if (isLive(order) && order.places.some((place) => place.seatId === seatId)) return order;
    }
    return undefined;
  }

  orderOfBooking(bookingId: number): ModelOrder | undefined {
    return this.orders.get(this.orderOf.get(bookingId) ?? 0);
  }

  /** Whether a performance was cancelled in an earlier batch: in the same one its orders may be placed and paid; they end later. */
  isCancelled(scheduleId: number, now: number): boolean {
    return (this.cancelled.get(scheduleId) ?? now) < now;
  }

  /** Until when nobody else gets the places of a held order. */
  heldUntil({ holdExpiresAt }: ModelOrder): number {
    return holdExpiresAt + this.settings.graceMs;
  }

  /** How many places a user has of a performance, without those whose hold has run out. */
  countPlaces(subject: string, scheduleId: number, now: number): number {
    return [...this.orders.values()]
      .filter((order) => order.subject === subject && order.scheduleId === scheduleId)
      .filter((order) => this.#keepsPlaces(order, now))
      .reduce((sum, { places }) => sum + places.length, 0);
  }

  /** Places of an area that are sold, or whose hold has not run out. */
  placesIn(areaId: number, now: number): number {
    return [...this.orders.values()]
      .filter((order) => this.#keepsPlaces(order, now))
      .flatMap(({ places }) => places.filter((place) => place.areaId === areaId)).length;
  }

  #keepsPlaces(order: ModelOrder, now: number): boolean {
    return isLive(order) && (order.state !== 'held' || this.heldUntil(order) > now);
  }

  openCheckoutOf(orderId: number): ModelCheckout | undefined {
    return this.checkoutsOf(orderId).find(isOpen);
  }

  checkoutsOf(orderId: number): ModelCheckout[] {
    return [...this.checkouts.values()].filter((each) => each.orderId === orderId);
  }

  /** @returns what is wrong with the balance that a command says */
  changePoints(subject: string, change: number, said?: number): string | undefined {
    const balance = (this.points.get(subject) ?? 0) + change;
    this.points.set(subject, balance);
    if (balance < 0) return `the balance would be ${balance}`;
    if (said === undefined || said === balance) return undefined;
    return `it says ${said} points, and there are ${balance}`;
  }
}
