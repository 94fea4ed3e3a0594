/** Names many seats shortly: seats of a row with consecutive numbers as one run. */
import type { Seat } from '../../../commands/schemas/resources.ts';

/** Consecutive seats of one row; `from` and `to` are equal for a single seat. */
export interface SeatRun {
  section: string | null;
  row: string | null;
  from: number;
  to: number;
}

/** @param indexes of seats, in any order @returns the runs in the order of the seats */
export function runsOf(seats: readonly Seat[], indexes: Iterable<number>): SeatRun[] {
  const runs: SeatRun[] = [];
  for (const index of [...indexes].sort((a, b) => a - b)) {
    const seat = seats[index];
    if (!seat) continue;
    const { section, row, number } = seat;
    const last = runs.at(-1);
    const isNext = last?.section === section && last.row === row && last.to + 1 === number;
    if (isNext) last.to = number;
    else runs.push({ section, row, from: number, to: number });
  }
  return runs;
}
