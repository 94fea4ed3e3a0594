/** Holds several seats for the command's user, all or none: those named, or the best side by side. */
import type { BookSeats } from '../../src/commands/book-seats.ts';
import { chooseAdjacent } from '../../src/domain/adjacent-seats.ts';
import { isFree } from '../../src/domain/holds.ts';
import { type Decision, refuse } from '../../src/domain/reasons.ts';
import { type Applying, type Handler, type Needs, rejected, succeeded } from './handler.ts';
import { holdSeats } from './hold-seats.ts';
import { tokenRefusal } from './queue-token.ts';

export const handleBookSeats: Handler<BookSeats> = {
  needs(input) {
    const shared: Needs = { seatLimit: true, queueToken: 'check' };
    if ('seatIds' in input) {
      const { seatIds } = input;
      return { ...shared, seatIds, newIds: { booking: seatIds.length } };
    }
    const { quantity } = input.bestAvailable;
    const adjacentSeats = { scheduleId: input.scheduleId, quantity, priceMax: priceMaxOf(input) };
    return { ...shared, adjacentSeats, newIds: { booking: quantity } };
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

function chooseSeats({ command: { input }, rows, now }: Applying<BookSeats>): Decision<number[]> {
  if ('seatIds' in input) return { change: input.seatIds };
  const { quantity } = input.bestAvailable;
  const ofSchedule = [...rows.seats.values()].filter(
    (seat) => seat.scheduleId === input.scheduleId && isFree(seat, now),
  );
  const chosen = chooseAdjacent(ofSchedule, { quantity, priceMax: priceMaxOf(input) });
  if (chosen) return { change: chosen.map((seat) => seat.id) };
  return refuse('NO_ADJACENT_SEATS', `There are no ${quantity} free seats side by side for that.`);
}

function priceMaxOf({ bestAvailable }: Best): number {
  return bestAvailable.maxPrice ?? Number.MAX_SAFE_INTEGER;
}
