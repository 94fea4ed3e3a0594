/** The rule for cancelling orders, and single bookings of them: which bookings end, and what goes back to the user. */
import { type CheckIn, refuseUsed } from './check-ins.ts';
import {
  type Actor,
  type Booking,
  isLive,
  type Named,
  type Order,
  priceOf,
  refuseChange,
  stateOf,
} from './orders.ts';
import { charge, type Moved } from './points.ts';
import { type Decision, type Refusal, refuse } from './reasons.ts';

export interface Cancellation {
  /** The bookings that end, and how. */
  ended: readonly Booking[];
  as: 'cancelled' | 'refunded';
  /** What becomes of the order. */
  order: Pick<Order, 'state' | 'total'>;
  /** What goes back to the user's points; undefined for a hold. */
  refund: Moved | undefined;
}

/**
 * Decides whether an order, or one of its bookings, can be cancelled: a hold until it expires, a paid one until a set time
 * before the start and before somebody has entered with it, by an operator also later. The last booking ends the order. An order that has
 * ended keeps its total, a paid one too.
 */
export function decideCancellation(input: {
  named: Named;
  /** The named order, or that of the named booking. */
  order: Order | undefined;
  /** All bookings of the order. */
  bookings: readonly Booking[];
  /** The uses of tickets of the order. */
  checkIns: readonly CheckIn[];
  /** The checkout of the order whose payment page is open, if there is one. */
  openCheckoutId: number | undefined;
  by: Actor;
  /** Of the user of the order. */
  balance: number;
  acceptedAt: Date;
  /** When the performance starts. */
  startAt: Date | undefined;
  /** How long before `startAt` a paid order can last be cancelled. */
  cancelUntilMs: number;
}): Decision<Cancellation> {
  const { named, order, bookings, by, acceptedAt } = input;
  const refused = refuseChange(named, order, { by, acceptedAt, isPaying: false });
  if (refused) return refused;
  const total = order?.total ?? 0;
  const isHeld = order && stateOf(named, order) === 'held';
  const live = bookings.filter(isLive);
  const ended = live.filter(({ id }) => named.kind === 'order' || id === named.id);
  const isLast = ended.length === live.length;
  const amount = priceOf(ended);
  if (isHeld) {
    if (!isLast && input.openCheckoutId !== undefined) {
      return refuseOpen(named.id, input.openCheckoutId);
    }
    const left = isLast ? { state: 'cancelled' as const, total } : heldOrder(total - amount);
    return { change: { ended, as: 'cancelled', order: left, refund: undefined } };
  }
  const isEnded = ({ bookingId }: CheckIn) => ended.some(({ id }) => id === bookingId);
  const used = by === 'operator' ? undefined : input.checkIns.find(isEnded);
  if (used) return refuseUsed(used);
  const until = new Date((input.startAt?.getTime() ?? 0) - input.cancelUntilMs);
  if (by !== 'operator' && acceptedAt >= until) {
    const name = named.kind === 'order' ? 'Order' : 'Booking';
    const detail = `${name} ${named.id} could be cancelled until ${until.toISOString()}.`;
    return refuse('CANCELLATION_CLOSED', detail);
  }
  const state = isLast ? 'refunded' : 'partly-refunded';
  const refund = charge(input.balance, amount);
  return { change: { ended, as: 'refunded', order: { state, total }, refund } };
}

const heldOrder = (total: number) => ({ state: 'held' as const, total });

/** The payment page takes the price of all places: the payment would not fit the rest. The whole order can be cancelled. */
function refuseOpen(bookingId: number, checkoutId: number): { refusal: Refusal } {
  const detail = `Booking ${bookingId} belongs to an order whose payment page is open: pay or cancel the whole order.`;
  return refuse('CHECKOUT_OPEN', detail, { checkoutId });
}
