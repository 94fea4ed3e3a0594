/** The rules of holding a seat for one user for a while. */
import { type Decision, type Refusal, refuse } from './reasons.ts';

export interface Seat {
  id: number;
  state: 'available' | 'held' | 'sold';
  /** Until when nobody else can book it; set while held. */
  heldUntil: Date | null;
  /** Why operators keep it off the sale, or null. */
  blockedReason: string | null;
}

/** How many seats of a schedule a user has, and may have. */
export interface SeatLimit {
  live: number;
  max: number;
}

/** When a schedule's seats can be booked: in the window, and not after the performance has started. */
export interface BookingWindow {
  bookingStartAt: Date;
  bookingEndAt: Date;
  /** When the performance starts. */
  startAt: Date;
}

export interface Hold {
  seat: { state: 'held'; heldUntil: Date };
  holdExpiresAt: Date;
  /** The seat carried a hold that had run out: its booking ends in the same transaction. */
  endsExpiredHold: boolean;
}

/**
 * Decides whether a seat can be held now.
 * The window is judged by when the command was accepted, the seat by `now`, the batch's time.
 * Nobody else gets the seat for `graceMs` after the hold's end, because a payment that was accepted
 * in time may still be on its way.
 */
export function decideHold(input: {
  seatId: number;
  seat: (Seat & BookingWindow) | undefined;
  acceptedAt: Date;
  now: Date;
  holdMs: number;
  graceMs: number;
  limit: SeatLimit;
}): Decision<Hold> {
  const { seat, seatId, acceptedAt, now, limit } = input;
  const about = { seatId };
  if (!seat) return refuse('SEAT_NOT_FOUND', `There is no seat ${seatId}.`, about);
  const notOnSale = refuseOffSale(`Seat ${seatId}`, seat, acceptedAt, about);
  if (notOnSale) return notOnSale;
  if (seat.state === 'sold') {
    return refuse('SEAT_ALREADY_SOLD', `Seat ${seatId} is sold.`, about);
  }
  if (seat.blockedReason !== null) {
    return refuse('SEAT_ALREADY_HELD', `Seat ${seatId} is not on sale.`, about);
  }
  const hasRunOut = seat.heldUntil !== null && seat.heldUntil <= now;
  if (seat.state === 'held' && !hasRunOut) {
    return refuse('SEAT_ALREADY_HELD', `Seat ${seatId} is held by somebody.`, about);
  }
  if (limit.live >= limit.max) {
    const detail = `You have ${limit.live} seats of this performance; ${limit.max} are allowed.`;
    return refuse('SEAT_LIMIT_REACHED', detail, about);
  }
  const holdExpiresAt = new Date(now.getTime() + input.holdMs);
  return {
    change: {
      seat: { state: 'held', heldUntil: new Date(holdExpiresAt.getTime() + input.graceMs) },
      holdExpiresAt,
      endsExpiredHold: seat.state === 'held',
    },
  };
}

/**
 * Why nothing of a schedule can be booked at a time, or undefined where it is on sale then.
 * @param what is booked, at the beginning of a sentence
 */
export function refuseOffSale(
  what: string,
  { bookingStartAt, bookingEndAt, startAt }: BookingWindow,
  acceptedAt: Date,
  about?: Refusal['about'],
): { refusal: Refusal } | undefined {
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
 * Which of a user's run-out holds end when the user books more seats of the schedule: those on the seats that are booked,
 * and of the others only as many as stand in the way of the limit. The rest can still be paid by a command that was
 * accepted in time.
 * @param live how many bookings the user has, run-out holds among them
 * @param runOut the seats of those holds, the oldest hold first
 * @param seatIds the seats to be booked
 */
export function holdsToEnd<Each extends { id: number }>(input: {
  live: number;
  max: number;
  runOut: readonly Each[];
  seatIds: readonly number[];
}): Each[] {
  const { live, max, runOut, seatIds } = input;
  const replaced = runOut.filter(({ id }) => seatIds.includes(id));
  const others = runOut.filter(({ id }) => !seatIds.includes(id));
  const tooMany = live - replaced.length + seatIds.length - max;
  return [...replaced, ...others.slice(0, Math.max(0, tooMany))];
}

/** Whether a seat could be held now, by somebody who may. */
export function isFree(seat: Seat, now: Date): boolean {
  if (seat.blockedReason !== null || seat.state === 'sold') return false;
  return seat.state === 'available' || (seat.heldUntil !== null && seat.heldUntil <= now);
}

/** Operators can block a seat that nobody holds or owns; blocking it again changes the reason only. */
export function decideBlocking(input: {
  seatId: number;
  seat: Seat | undefined;
  now: Date;
}): Decision<{ endsExpiredHold: boolean }> {
  const { seat, seatId, now } = input;
  const about = { seatId };
  if (!seat) return refuse('SEAT_NOT_FOUND', `There is no seat ${seatId}.`, about);
  if (seat.state === 'sold') return refuse('SEAT_ALREADY_SOLD', `Seat ${seatId} is sold.`, about);
  if (seat.state === 'held' && !isFree(seat, now)) {
    return refuse('SEAT_ALREADY_HELD', `Seat ${seatId} is held by somebody.`, about);
  }
  return { change: { endsExpiredHold: seat.state === 'held' } };
}
