/** Holds seats for a command's user, all or none. Shared by the commands `book-seat` and `book-seats`. */
import { strict as assert } from 'node:assert';
import type { Booking } from '../../../src/commands/schemas/resources.ts';
import { decideHold, type Hold, holdsToEnd, isFree } from '../../../src/domain/holds.ts';
import { type Decision, refuse } from '../../../src/domain/reasons.ts';
import type { SeatRow } from '../../rows/rows.ts';
import type { Applying } from '../handler.ts';
import { toBooking } from '../to-resource.ts';

/** @param seatIds distinct ids; the refusal of the first refused seat is returned */
export function holdSeats(applying: Applying, seatIds: readonly number[]): Decision<Booking[]> {
  const { command, rows, now, settings } = applying;
  const { userId, acceptedAt, jobId } = command;
  const { holdMs, holdGraceMs: graceMs, seatsPerUserMax: max } = settings;
  const scheduleId = rows.seats.get(seatIds[0] as number)?.scheduleId ?? 0;
  const ending = expiredHoldsToEnd(applying, scheduleId, seatIds);
  const live = rows.liveSeats.of(userId, scheduleId) - ending.length;
  const holds: { seat: SeatRow; hold: Hold }[] = [];
  for (const [index, seatId] of seatIds.entries()) {
    const seat = rows.seats.get(seatId);
    if (seat && seat.scheduleId !== scheduleId) {
      const detail = `Seat ${seatId} does not belong to schedule ${scheduleId}, the schedule of the first seat.`;
      return refuse('SEAT_NOT_FOUND', detail, { seatId });
    }
    const limit = { live: live + index, max };
    const decision = decideHold({ seatId, seat, acceptedAt, now, holdMs, graceMs, limit });
    if (decision.refusal) return decision;
    assert(seat, `The hold of seat ${seatId} was accepted, but the seat is not loaded.`);
    holds.push({ seat, hold: decision.change });
  }
  for (const seat of ending) {
    if (seatIds.includes(seat.id)) continue; // its hold is replaced below
    rows.endHoldOf(seat.id);
    rows.seats.change(seat, { state: 'available', heldUntil: null });
  }
  const bookings = holds.map(({ seat, hold }) => {
    if (hold.endsExpiredHold) rows.endHoldOf(seat.id);
    rows.seats.change(seat, hold.seat);
    rows.liveSeats.add(userId, seat.scheduleId, 1);
    const booking = rows.bookings.add({
      id: rows.newIds.booking.take(),
      userId,
      concertId: seat.concertId,
      scheduleId: seat.scheduleId,
      seatId: seat.id,
      price: seat.price,
      state: 'held',
      holdExpiresAt: hold.holdExpiresAt,
      createdAt: now,
      endedAt: null,
      jobId,
      seatLimit: max,
    });
    return toBooking(booking, seat);
  });
  return { change: bookings };
}

/** The seats of the user's expired holds that this booking ends. */
function expiredHoldsToEnd(
  { command: { userId }, rows, now, settings: { seatsPerUserMax: max } }: Applying,
  scheduleId: number,
  seatIds: readonly number[],
): SeatRow[] {
  const expired = rows.liveSeats.expiredHoldsOf(userId, scheduleId).flatMap((seatId) => {
    const seat = rows.seats.get(seatId);
    return seat?.state === 'held' && isFree(seat, now) ? [seat] : [];
  });
  return holdsToEnd({ live: rows.liveSeats.of(userId, scheduleId), max, expired, seatIds });
}
