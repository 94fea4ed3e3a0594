/** What a schedule sells that is made from a version of a hall. */

import type { NewArea } from '../../../../src/commands/concerts/create-schedule.ts';
import {
  type PackedPlan,
  type PackedSeat,
  seatsOf,
} from '../../../../src/commands/halls/packed-plan.ts';
import type { PricedCategory } from '../../../../src/domain/halls/prices.ts';
import type { SeatSegment } from '../../../rows/rows.ts';

/**
 * The seats of a plan as segments, in its order. Seats of one row and category share a range, whose index goes up from 0.
 * @param priced the categories of the plan with their prices
 */
export function segmentsOf(
  { sections }: PackedPlan,
  priced: readonly PricedCategory[],
): SeatSegment[] {
  const segments: SeatSegment[] = [];
  let range = -1;
  for (const { name: section, rows } of sections) {
    for (const row of rows) {
      let last: PackedSeat | undefined;
      for (const seat of seatsOf(row)) {
        if (seat.category !== last?.category) range += 1;
        const open = segments.at(-1);
        if (open && last && goesOn(last, seat)) open.to = seat.number;
        else {
          const { number, category, kind } = seat;
          const price = priced[category]?.price ?? 0;
          const numbers = { from: number, to: number };
          segments.push({ range, section, row: row.name, ...numbers, price, category, kind });
        }
        last = seat;
      }
    }
  }
  return segments;
}

const goesOn = (last: PackedSeat, seat: PackedSeat) =>
  seat.category === last.category && seat.kind === last.kind && seat.number === last.number + 1;

export function areasOf({ areas = [] }: PackedPlan, priced: readonly PricedCategory[]): NewArea[] {
  const prices = new Map(priced.map(({ name, price }) => [name, price]));
  return areas.map(({ name, capacity, category }) => {
    return { name, capacity, price: prices.get(category) ?? 0 };
  });
}
