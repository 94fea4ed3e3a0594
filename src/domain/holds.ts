/** The rules of holding a seat for one user for a while. */
import { type Decision, refuse } from './reasons.ts';

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

/** The window in which a schedule's seats can be booked. */
export interface BookingWindow {
  bookingStartAt: Date;
  bookingEndAt: Date;
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
  if (acceptedAt < seat.bookingStartAt) {
    const opens = seat.bookingStartAt.toISOString();
    return refuse('BOOKING_NOT_STARTED', `Seat ${seatId} can be booked from ${opens}.`, about);
  }
  if (acceptedAt >= seat.bookingEndAt) {
    const closed = seat.bookingEndAt.toISOString();
    return refuse('BOOKING_CLOSED', `Seat ${seatId} could be booked until ${closed}.`, about);
  }
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
