/** Halls with their free seats, for tests of the rule that chooses the best ones. */
import {
  type Hall,
  type HallRange,
  HallRanking,
  type HallSeat,
} from '../../../src/domain/best-seats/adjacent-seats.ts';

export type RangeWithSeats = HallRange & { free: readonly HallSeat[] };

/** A hall of which every range was read. */
export function openHall(ranges: readonly RangeWithSeats[]): Hall {
  const hall = new HallRanking(ranges).open();
  for (const { range, free } of ranges) hall.addRange(range, free);
  return hall;
}

/** @throws Error if the choice depends on ranges that were not read */
export function chosenIn(
  hall: Hall,
  ...request: Parameters<Hall['choose']>
): HallSeat[] | undefined {
  const chosen = hall.choose(...request);
  if (chosen === 'unread') throw new Error('A range was not read.');
  return chosen;
}
