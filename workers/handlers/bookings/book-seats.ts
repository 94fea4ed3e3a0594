/** Holds several seats for the command's user, all or none: the seats with the given ids, or the best adjacent seats. */
import type { BookSeats } from '../../../src/commands/bookings/book-seats.ts';
import type { SeatRequest } from '../../../src/domain/adjacent-seats.ts';
import { isFree, refuseOffSale } from '../../../src/domain/holds.ts';
import { type Decision, refuse } from '../../../src/domain/reasons.ts';
import { type Rows, RowsChanged } from '../../rows/rows.ts';
import { type Applying, type Handler, type Needs, rejected, succeeded } from '../handler.ts';
import { tokenRefusal } from '../queue/queue-token.ts';
import { holdSeats } from './hold-seats.ts';

export const handleBookSeats: Handler<BookSeats> = {
  needs(input) {
    const shared: Needs = { seatLimit: true, queueToken: 'check' };
    if ('seatIds' in input) {
      const { seatIds } = input;
      return { ...shared, seatIds, newIds: { booking: seatIds.length } };
    }
    const adjacentSeats = { scheduleId: input.scheduleId, ...toSeatRequest(input) };
    return { ...shared, adjacentSeats, newIds: { booking: adjacentSeats.quantity } };
  },

  apply(applying) {
    const { command, rows } = applying;
    const noToken = tokenRefusal(command, rows);
    if (noToken) return rejected(noToken);
    const seats = chooseSeats(applying);
    if (seats.refusal) return rejected(seats.refusal);
    const decision = holdSeats(applying, seats.change);
    if (decision.refusal) return rejected(decision.refusal);
    return succeeded({ bookings: decision.change });
  },
};

type Best = Extract<BookSeats, { bestAvailable: object }>;

function chooseSeats(applying: Applying<BookSeats>): Decision<number[]> {
  const { input } = applying.command;
  return 'seatIds' in input ? { change: input.seatIds } : chooseBest(applying, input);
}

function chooseBest({ command, rows, now }: Applying, input: Best): Decision<number[]> {
  const { scheduleId } = input;
  const schedule = rows.adjacent.halls.get(scheduleId);
  if (!schedule) return refuse('SCHEDULE_NOT_FOUND', `There is no schedule ${scheduleId}.`);
  const notOnSale = refuseOffSale(`Schedule ${scheduleId}`, schedule, command.acceptedAt);
  if (notOnSale) return notOnSale;

  // The hall shows which seats were free before the batch locked rows. Correct it by the locked seats.
  const { hall } = schedule;
  for (const seat of rows.seats.values()) {
    if (seat.scheduleId === scheduleId) hall.setFree(seat, isFree(seat, now));
  }
  const isAvailable = (seatId: number) => {
    const seat = rows.seats.get(seatId);
    return seat !== undefined && isFree(seat, now);
  };
  const best = hall.choose(toSeatRequest(input))?.map(({ id }) => id);
  const planned = rows.adjacent.choices.get(command.jobId) ?? [];
  const chosen = [...(best ? [best] : []), ...planned].find((seats) => seats.every(isAvailable));
  if (chosen) return { change: chosen };
  if (best || planned[0]?.some((seatId) => isTakenByOthers(rows, seatId, now))) {
    throw new RowsChanged(`Another transaction took the seats chosen in schedule ${scheduleId}.`);
  }
  const { quantity } = input.bestAvailable;
  return refuse('NO_ADJACENT_SEATS', `There are no ${quantity} free seats side by side for that.`);
}

/** Whether another transaction has taken a seat that was free when the batch began. */
function isTakenByOthers(rows: Rows, seatId: number, now: Date): boolean {
  const seat = rows.seats.get(seatId);
  return !seat || (!isFree(seat, now) && !rows.seats.changed.has(seat));
}

function toSeatRequest({ bestAvailable }: Best): SeatRequest {
  const { quantity, maxPrice = Number.MAX_SAFE_INTEGER, section, prefer = 'best' } = bestAvailable;
  return { quantity, priceMax: maxPrice, section, prefer };
}
