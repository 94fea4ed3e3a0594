/** Chooses the best adjacent seats for a command that asks for them. */
import type { BookSeats } from '../../../src/commands/bookings/book-seats.ts';
import type { SeatRequest } from '../../../src/domain/best-seats/adjacent-seats.ts';
import { isFree, refuseOffSale } from '../../../src/domain/holds.ts';
import { noSuchSchedule } from '../../../src/domain/not-found.ts';
import { type Decision, refuse } from '../../../src/domain/reasons.ts';
import type { Rows, SeatRow } from '../../rows/rows.ts';
import { SeatsTaken } from '../../rows/rows-changed.ts';
import type { Applying } from '../handler.ts';
import type { Needs } from '../needs.ts';

/** The input of a command that asks for the best available seats. */
export type BestSeats = Extract<BookSeats, { bestAvailable: object }>;

/** What a command needs that books these seats, or the best ones. */
export function needsOfSeats(input: BookSeats): Needs {
  if ('seatIds' in input) {
    const { seatIds } = input;
    return { places: { seatIds }, newIds: { order: 1, booking: seatIds.length } };
  }
  const { scheduleId, bestAvailable } = input;
  return {
    places: { scheduleId, best: toSeatRequest(bestAvailable) },
    newIds: { order: 1, booking: bestAvailable.quantity },
  };
}

/** What a command wants to book, as the subject of a sentence, and its schedule; undefined if that does not exist. */
export function scheduleOfSeats(
  rows: Rows,
  input: BookSeats,
): [what: string, schedule: Pick<SeatRow, 'queueId' | 'cancelledAt'> | undefined] {
  if (!('seatIds' in input)) {
    const { scheduleId } = input;
    return [`Schedule ${scheduleId}`, rows.adjacentSeats.schedules.get(scheduleId)];
  }
  const seatId = input.seatIds.find((id) => rows.seats.get(id));
  return [`Seat ${seatId}`, rows.seats.get(seatId ?? 0)];
}

/** @param named seats that the command also holds, which are not to be chosen */
export function chooseBest(
  { command, rows, overBy }: Applying,
  input: BestSeats,
  named: readonly number[] = [],
): Decision<number[]> {
  const { scheduleId } = input;
  const schedule = rows.adjacentSeats.schedules.get(scheduleId);
  if (!schedule) return { refusal: noSuchSchedule(scheduleId) };
  const notOnSale = refuseOffSale(`Schedule ${scheduleId}`, schedule, command.acceptedAt);
  if (notOnSale) return notOnSale;

  // They show which seats were free before the batch locked rows. Correct them by the locked seats.
  const { freeSeats } = schedule;
  for (const seat of rows.seats.values()) {
    // Accessible seats and those of companions are never chosen, and `freeSeats` does not know them.
    if (seat.scheduleId === scheduleId && seat.kind === 0)
      freeSeats.setFree(seat, isFree(seat, overBy));
  }
  const own = new Set(named);
  const isAvailable = (seatId: number) => {
    const seat = rows.seats.get(seatId);
    return seat !== undefined && isFree(seat, overBy) && !own.has(seatId);
  };
  const found = freeSeats.choose(toSeatRequest(input.bestAvailable), own);
  const best = found === 'unread' ? undefined : found?.map(({ id }) => id);
  const planned = rows.adjacentSeats.choices.get(command.jobId) ?? [];
  const chosen = [...(best ? [best] : []), ...planned].find((seats) => seats.every(isAvailable));
  if (chosen) return { change: chosen };
  if (found || planned[0]?.some((seatId) => isTakenByOthers(rows, seatId, overBy))) {
    throw new SeatsTaken(
      `The seats chosen in schedule ${scheduleId} are taken; others are chosen.`,
    );
  }
  const { quantity } = input.bestAvailable;
  const seats = quantity === 1 ? 'is no free seat' : `are no ${quantity} free seats side by side`;
  return refuse('NO_ADJACENT_SEATS', `There ${seats} for that.`);
}

/** Whether another transaction has taken a seat that was free when the batch began. */
function isTakenByOthers(rows: Rows, seatId: number, overBy: Date): boolean {
  const seat = rows.seats.get(seatId);
  return !seat || (!isFree(seat, overBy) && !rows.seats.changed.has(seat));
}

export function toSeatRequest({
  quantity,
  minPrice: priceMin,
  maxPrice: priceMax = Number.MAX_SAFE_INTEGER,
  section,
  prefer = 'best',
}: BestSeats['bestAvailable']): SeatRequest {
  return { quantity, priceMin, priceMax, section, prefer };
}
