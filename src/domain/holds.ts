/** The rules for holding a seat: it is reserved for one user for some minutes. */
import { noSuchSeat } from './not-found.ts';
import { type Decision, type Refusal, refuse } from './reasons.ts';

export interface Seat {
  id: number;
  state: 'available' | 'held' | 'sold';
  /** When the seat becomes available to other users, grace period included; null unless the seat is held. */
  heldUntil: Date | null;
  /** The operators' reason for blocking the seat, or null if it is not blocked. */
  blockedReason: string | null;
}

export interface SeatLimit {
  /** The user's held and paid bookings of the schedule. */
  live: number;
  /** The highest number of them that a user may have. */
  max: number;
}

/** Seats can be booked from `bookingStartAt` until `bookingEndAt`, and not after the performance has started. */
export interface BookingWindow {
  bookingStartAt: Date;
  bookingEndAt: Date;
  /** When the performance starts. */
  startAt: Date;
  /** When operators cancelled the performance; null as long as it takes place. */
  cancelledAt: Date | null;
  /** When operators closed the sale of the concert or of the performance; null while both are open. */
  closedAt: Date | null;
}

export interface Hold {
  seat: { state: 'held'; heldUntil: Date };
  holdExpiresAt: Date;
}

/** How long after its grace period a hold keeps its places at most because its payment may be pending, in ms: a lane may have no worker. */
export const PENDING_MS_MAX = 600_000;

/**
 * By when the grace period of a hold must have ended, so that others get its places. It is not over while a command may be
 * pending that was accepted before: that may be its payment, and a buyer does not lose a place because a lane is late.
 * @param now the batch's time
 * @param oldestPaymentAt when the oldest command that may be a payment and has no outcome was added to its lane; undefined if there is none
 */
export function holdsOverBy(now: Date, oldestPaymentAt: Date | undefined): Date {
  if (oldestPaymentAt === undefined || oldestPaymentAt > now) return now;
  return new Date(Math.max(oldestPaymentAt.getTime(), now.getTime() - PENDING_MS_MAX));
}

/**
 * Decides whether a seat can be held now. The booking window is compared with the time at which the command was accepted, the seat's
 * hold with `overBy`: see `holdsOverBy`.
 */
export function decideHold(input: {
  seatId: number;
  seat: (Seat & BookingWindow & { scheduleId: number }) | undefined;
  /** The schedule of the order. */
  scheduleId: number;
  acceptedAt: Date;
  now: Date;
  overBy: Date;
  holdMs: number;
  graceMs: number;
  limit: SeatLimit;
}): Decision<Hold> {
  const { seat, seatId, scheduleId, acceptedAt, overBy, limit } = input;
  const about = { seatId };
  if (!seat) return { refusal: noSuchSeat(seatId) };
  if (seat.scheduleId !== scheduleId) {
    const detail = `Seat ${seatId} does not belong to schedule ${scheduleId}, the schedule of the order.`;
    return refuse('SEAT_NOT_FOUND', detail, about);
  }
  const notOnSale = refuseOffSale(`Seat ${seatId}`, seat, acceptedAt, about);
  if (notOnSale) return notOnSale;
  if (seat.state === 'sold') {
    return refuse('SEAT_ALREADY_SOLD', `Seat ${seatId} is sold.`, about);
  }
  if (seat.blockedReason !== null) {
    return refuse('SEAT_ALREADY_HELD', `Seat ${seatId} is not on sale.`, about);
  }
  if (seat.state === 'held' && !isOverForOthers(seat, overBy)) {
    return refuse('SEAT_ALREADY_HELD', `Seat ${seatId} is held by another booking.`, about);
  }
  if (limit.live >= limit.max) {
    const detail = `At most ${limit.max} places of this performance are allowed, with those that you have already.`;
    return refuse('SEAT_LIMIT_REACHED', detail, about);
  }
  const { holdExpiresAt, heldUntil } = holdEnds(input);
  return { change: { seat: { state: 'held', heldUntil }, holdExpiresAt } };
}

/** Until when a hold that begins now can be paid, and until when it keeps its places from other users. */
export function holdEnds({ now, holdMs, graceMs }: { now: Date; holdMs: number; graceMs: number }) {
  const holdExpiresAt = new Date(now.getTime() + holdMs);
  return { holdExpiresAt, heldUntil: new Date(holdExpiresAt.getTime() + graceMs) };
}

/**
 * Checks whether a performance takes place.
 * @param what what belongs to it, as the subject of the refusal's sentence: "Order 7"
 * @returns the refusal, or undefined
 */
export function refuseCancelled(
  what: string,
  { cancelledAt }: Pick<BookingWindow, 'cancelledAt'>,
  about?: Refusal['about'],
): { refusal: Refusal } | undefined {
  if (cancelledAt === null) return undefined;
  const detail = `${what} belongs to a performance that is cancelled.`;
  return refuse('SCHEDULE_CANCELLED', detail, about);
}

/**
 * Checks whether a schedule is on sale: its performance takes place, operators have not closed its sale, and its booking window is open.
 * @param what the thing to be booked, as the subject of the refusal's sentence: "Seat 7"
 * @returns the refusal, or undefined if the schedule was on sale at `acceptedAt`
 */
export function refuseOffSale(
  what: string,
  { bookingStartAt, bookingEndAt, startAt, cancelledAt, closedAt }: BookingWindow,
  acceptedAt: Date,
  about?: Refusal['about'],
): { refusal: Refusal } | undefined {
  const cancelled = refuseCancelled(what, { cancelledAt }, about);
  if (cancelled) return cancelled;
  if (closedAt !== null) {
    return refuse('SALE_CLOSED', `${what} is not sold: operators have closed its sale.`, about);
  }
  if (acceptedAt < bookingStartAt) {
    const opens = bookingStartAt.toISOString();
    return refuse('BOOKING_NOT_STARTED', `${what} can be booked from ${opens}.`, about);
  }
  const closes = bookingEndAt < startAt ? bookingEndAt : startAt;
  if (acceptedAt < closes) return undefined;
  const closed = closes.toISOString();
  return refuse('BOOKING_CLOSED', `${what} could be booked until ${closed}.`, about);
}

/**
 * Returns which of the orders whose hold has expired end when a user books more seats of the schedule: those that hold one
 * of these seats, and of the user's others only as many as the seat limit requires. The remaining ones can still be paid by
 * a command that was accepted in time. An order ends as a whole.
 * @param live the number of the user's held and paid bookings, expired holds included
 * @param wanted how many seats the user books
 * @param own the user's expired orders with the number of their held bookings, the oldest first
 * @param inTheWay the expired orders, of any user, that hold one of the wanted seats
 */
export function ordersToEnd<Each extends { places: number }>(input: {
  live: number;
  max: number;
  wanted: number;
  own: readonly Each[];
  inTheWay: readonly Each[];
}): Each[] {
  const { live, max, wanted, own, inTheWay } = input;
  const ending = [...inTheWay];
  const placesOf = (orders: readonly Each[]) => orders.reduce((sum, { places }) => sum + places, 0);
  let tooMany = live - placesOf(own.filter((order) => inTheWay.includes(order))) + wanted - max;
  for (const order of own) {
    if (tooMany <= 0) break;
    if (inTheWay.includes(order)) continue;
    ending.push(order);
    tooMany -= order.places;
  }
  return ending;
}

/** Whether the hold of a seat or place of an area is over for others: see `holdsOverBy`. False if there is none. */
export function isOverForOthers({ heldUntil }: Pick<Seat, 'heldUntil'>, overBy: Date): boolean {
  return heldUntil !== null && heldUntil <= overBy;
}

/** Whether an eligible user could hold the seat now. */
export function isFree(seat: Seat, overBy: Date): boolean {
  if (seat.blockedReason !== null || seat.state === 'sold') return false;
  return seat.state === 'available' || isOverForOthers(seat, overBy);
}

/**
 * Decides whether operators can block a seat: it must be neither held nor sold. Blocking it again only changes the
 * reason.
 */
export function decideBlocking(input: {
  seatId: number;
  seat: Seat | undefined;
  overBy: Date;
}): Decision<{ endsExpiredHold: boolean }> {
  const { seat, seatId, overBy } = input;
  const about = { seatId };
  if (!seat) return { refusal: noSuchSeat(seatId) };
  if (seat.state === 'sold') return refuse('SEAT_ALREADY_SOLD', `Seat ${seatId} is sold.`, about);
  if (seat.state === 'held' && !isOverForOthers(seat, overBy)) {
    return refuse('SEAT_ALREADY_HELD', `Seat ${seatId} is held by a booking.`, about);
  }
  return { change: { endsExpiredHold: seat.state === 'held' } };
}
