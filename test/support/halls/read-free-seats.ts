/** The free seats of schedules, for tests of the rule that chooses the best ones. */
import {
  type FreeSeat,
  type FreeSeats,
  RangeRanking,
  type SeatRange,
} from '../../../src/domain/best-seats/adjacent-seats.ts';

export type RangeWithSeats = SeatRange & { free: readonly FreeSeat[] };

/** The free seats of a schedule of which every range was read. */
export function freeSeatsOf(ranges: readonly RangeWithSeats[]): FreeSeats {
  const freeSeats = new RangeRanking(ranges).freeSeats();
  for (const { range, free } of ranges) freeSeats.addRange(range, free);
  return freeSeats;
}

/** @throws Error if the choice depends on ranges that were not read */
export function chosenIn(
  freeSeats: FreeSeats,
  ...request: Parameters<FreeSeats['choose']>
): FreeSeat[] | undefined {
  const chosen = freeSeats.choose(...request);
  if (chosen === 'unread') throw new Error('A range was not read.');
  return chosen;
}
