/**
 * The rules for paying and cancelling orders. A command names an order, or one booking of it: the rules are the same, and
 * refusals speak of what the command named.
 *
 * Every deadline is compared with the time at which the command was accepted, not with the time at which a worker applies
 * it, so that a delay in the lane never costs a buyer the seats. Once other bookings have replaced those of an order, its
 * state is `expired`, and it cannot be paid whenever the command was accepted.
 */
import { refuseCancelled } from './holds.ts';
import { decideUse, type Moved } from './points.ts';
import { type Decision, type Refusal, refuse } from './reasons.ts';

/** A place of an order. Its user and the end of its hold are those of the order. */
export interface Booking {
  id: number;
  orderId: number;
  /** null for a place of an area. */
  seatId: number | null;
  /** In points. */
  price: number;
  /** How it ended; null while it is live. The order says whether a live booking is held or paid. */
  endedAs: 'expired' | 'cancelled' | 'refunded' | null;
}

export type BookingState = 'held' | 'paid' | NonNullable<Booking['endedAs']>;

export interface Order {
  id: number;
  userId: number;
  state: BookingState | 'partly-refunded';
  /** In points: the price of its live bookings while it is held, what was paid once it is paid. */
  total: number;
  holdExpiresAt: Date;
  /** When operators cancelled its performance, or null. */
  cancelledAt: Date | null;
}

/** What a command names, and the row of it, if there is one. */
export type Named =
  | { kind: 'order'; id: number; row: Order | undefined }
  | { kind: 'booking'; id: number; row: Booking | undefined };

/** How a booking has ended, or what it is as long as it is live: held or paid, as its order. */
export function bookingState(
  { endedAs }: Pick<Booking, 'endedAs'>,
  order: Pick<Order, 'state'>,
): BookingState {
  if (endedAs !== null) return endedAs;
  return order.state === 'held' ? 'held' : 'paid';
}

/** The state of what is named, by the order that it is or belongs to. */
export function stateOf({ kind, row }: Named, order: Order): Order['state'] {
  return row && kind === 'booking' ? bookingState(row, order) : order.state;
}

/** Who sends the command that changes an order: its user, or an operator, who may change what belongs to any user. */
export type Actor = { userId: number } | 'operator';

const CODES = {
  order: ['ORDER_NOT_FOUND', 'NOT_ORDER_OWNER', 'ORDER_CANCELLED'],
  booking: ['BOOKING_NOT_FOUND', 'NOT_BOOKING_OWNER', 'BOOKING_CANCELLED'],
} as const;

/**
 * Decides whether an order, or one of its bookings, may change at all. Everything that pays or cancels asks here first.
 * @param order the named order, or that of the named booking; undefined only if what is named does not exist
 * @returns the refusal, or undefined
 */
export function refuseChange(
  named: Named,
  order: Order | undefined,
  { by, acceptedAt, isPaying }: { by: Actor; acceptedAt: Date; isPaying: boolean },
): { refusal: Refusal } | undefined {
  const { kind, id, row } = named;
  const [notFound, notOwner, cancelled] = CODES[kind];
  if (!row || !order) return refuse(notFound, `There is no ${kind} ${id}.`);
  const name = `${kind === 'order' ? 'Order' : 'Booking'} ${id}`;
  if (by !== 'operator' && order.userId !== by.userId) {
    return refuse(notOwner, `${name} belongs to another user.`);
  }
  const noPerformance = isPaying ? refuseCancelled(name, order) : undefined;
  if (noPerformance) return noPerformance;
  const state = stateOf(named, order);
  if (state === 'paid' || state === 'partly-refunded') {
    return isPaying ? refuse('PAYMENT_ALREADY_PROCESSED', `${name} is already paid.`) : undefined;
  }
  if (state === 'cancelled' || state === 'refunded') {
    return refuse(cancelled, `${name} is already ${state}.`);
  }
  if (state === 'held' && acceptedAt < order.holdExpiresAt) return undefined;
  const end = order.holdExpiresAt.toISOString();
  return refuse('HOLD_EXPIRED', `The hold of ${kind} ${id} expired at ${end}.`);
}

/**
 * Decides whether an order can be paid, always as a whole.
 * @returns what is paid
 */
export function decidePayment(input: {
  named: Named;
  /** The named order, or that of the named booking. */
  order: Order | undefined;
  /** All bookings of the order. */
  bookings: readonly Booking[];
  userId: number;
  balance: number;
  acceptedAt: Date;
  /** Why the command's queue token is refused, if it is. */
  noToken: Refusal | undefined;
}): Decision<Moved> {
  const { named, order, userId, acceptedAt, noToken } = input;
  const refused = refuseChange(named, order, { by: { userId }, acceptedAt, isPaying: true });
  if (refused) return refused;
  const held = input.bookings.filter(isLive);
  if (named.kind === 'booking' && named.row && held.length > 1) {
    const { orderId } = named.row;
    const detail = `Booking ${named.id} belongs to order ${orderId} together with others: pay the order.`;
    return refuse('BOOKING_IN_ORDER', detail, { orderId });
  }
  if (noToken) return { refusal: noToken };
  return decideUse(input.balance, priceOf(held));
}

export const isLive = ({ endedAs }: Booking) => endedAs === null;

export function priceOf(bookings: readonly Booking[]): number {
  return bookings.reduce((sum, { price }) => sum + price, 0);
}
