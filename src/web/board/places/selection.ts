/** The seats that an operator has chosen, as indexes of the schedule's seats. */
import type { Seat } from '../../../commands/schemas/resources.ts';
import { BLOCKED, FREE, HELD, SOLD } from '../../map/seat-states.ts';

export type Selection = ReadonlySet<number>;

export const NOTHING: Selection = new Set();

/** @param isRemoving whether the seats leave the selection instead of joining it */
export function withSeats(
  chosen: Selection,
  indexes: Iterable<number>,
  isRemoving: boolean,
): Selection {
  const next = new Set(chosen);
  for (const index of indexes) {
    if (isRemoving) next.delete(index);
    else next.add(index);
  }
  return next;
}

export function toggled(chosen: Selection, index: number): Selection {
  return withSeats(chosen, [index], chosen.has(index));
}

/** How many seats are in each state. */
export interface StateCounts {
  free: number;
  held: number;
  sold: number;
  blocked: number;
}

/** @param codes the states of all seats */
export function countsOf(indexes: Iterable<number>, codes: Uint8Array): StateCounts {
  const counts = [0, 0, 0, 0];
  for (const index of indexes) {
    const code = codes[index] as number;
    counts[code] = (counts[code] as number) + 1;
  }
  const [free, held, sold, blocked] = [FREE, HELD, SOLD, BLOCKED].map((code) => counts[code] ?? 0);
  return { free, held, sold, blocked } as StateCounts;
}

/** Operators can block free seats, and give blocked ones another reason; held and sold seats belong to buyers. */
export function canBlock(code: number | undefined): boolean {
  return code === FREE || code === BLOCKED;
}

/** Seats by their names. A field that is undefined restricts nothing; null means seats without a section or row. */
export interface SeatRange {
  section: string | null | undefined;
  row: string | null | undefined;
  /** The first and the last number, both inclusive. */
  from: number | undefined;
  to: number | undefined;
}

/** @returns the indexes of the seats in the range */
export function seatsOfRange(seats: readonly Seat[], range: SeatRange): number[] {
  const { section, row, from = 0, to = Number.POSITIVE_INFINITY } = range;
  return seats.flatMap((seat, index) => {
    const isNamed =
      (section === undefined || seat.section === section) &&
      (row === undefined || seat.row === row);
    return isNamed && seat.number >= from && seat.number <= to ? [index] : [];
  });
}
