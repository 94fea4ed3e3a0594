/** Where the seats of a plan stand. */
import type { Plan, PlanRow, PlanSeat } from '../api/catalogue/halls.ts';
import { SPACING } from './limits.ts';

/** A seat with its position in the plan. */
export interface PlacedSeat extends PlanSeat {
  section: string | null;
  row: string | null;
  x: number;
  y: number;
}

/**
 * The seats in the order of the plan, which is that of the seats of its schedules, with positions in the plan. A seat without a position
 * stands one space right of the seat before it, a row one space behind the row before it, a section two spaces behind the
 * sections before it.
 */
export function seatPositions({ sections }: Plan): PlacedSeat[] {
  const placed: PlacedSeat[] = [];
  let end = 0;
  for (const section of sections) {
    const [left, top] = [section.x ?? 0, section.y ?? end];
    let behind = 0;
    for (const row of section.rows) {
      const [x, y] = [left + (row.x ?? 0), top + (row.y ?? behind)];
      behind = (row.y ?? behind) + SPACING;
      for (const seat of seatsOf(row)) {
        const own = { x: x + seat.x, y: y + seat.y };
        placed.push({ ...seat, section: section.name, row: row.name, ...own });
        end = Math.max(end, own.y + 2 * SPACING);
      }
    }
  }
  return placed;
}

/** The seats of a row in the order of their numbers, placed in the row. */
function seatsOf({ seats }: PlanRow): (PlanSeat & { x: number; y: number })[] {
  const last = { x: -SPACING, y: 0 };
  return seats
    .toSorted((a, b) => a.number - b.number)
    .map((seat) => {
      last.x = seat.x ?? last.x + SPACING;
      last.y = seat.y ?? last.y;
      return { ...seat, ...last };
    });
}
