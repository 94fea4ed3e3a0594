/** A plan as the seats that the map draws, and its figures. */
import type { Plan, PlanSeat } from '../../../client/api/catalogue/halls.ts';
import { CATEGORIES_MAX } from '../../map/draw/palette.ts';
import type { MapSeat } from '../../map/filter.ts';

/** The seats in the order of the plan. They have no prices yet. */
export function seatsOfPlan({ categories, sections }: Plan): MapSeat[] {
  const indexOf = new Map(categories.map(({ name }, index) => [name, index]));
  let id = 0;
  const toSeat = (section: string | null, row: string | null, seat: PlanSeat): MapSeat => {
    const category = indexOf.get(seat.category) ?? 0;
    id += 1;
    return {
      id,
      section,
      row,
      number: seat.number,
      price: 0,
      category,
      kind: seat.kind,
      state: 'available',
    };
  };
  return sections.flatMap(({ name, rows }) =>
    rows.flatMap((row) => row.seats.map((seat) => toSeat(name, row.name, seat))),
  );
}

/** The colour and mark of a category, as an index of the map's palette. Categories share them if they are more than it has. */
export function tierOf(category: number, count: number): number {
  return count <= CATEGORIES_MAX ? category : Math.floor((category * CATEGORIES_MAX) / count);
}

/** How many seats, and places of areas, a plan has. */
export interface PlanCounts {
  seats: number;
  /** Of the seats. */
  accessible: number;
  companion: number;
  /** Places of all areas. */
  standing: number;
  categories: readonly CategoryCounts[];
}

export interface CategoryCounts {
  name: string;
  seats: number;
  standing: number;
}

export function countsOf({ categories, sections, areas = [] }: Plan): PlanCounts {
  const byCategory = new Map(categories.map(({ name }) => [name, { name, seats: 0, standing: 0 }]));
  const counts = { seats: 0, accessible: 0, companion: 0, standing: 0 };
  for (const { seats } of sections.flatMap(({ rows }) => rows)) {
    for (const { category, kind } of seats) {
      const own = byCategory.get(category);
      if (own) own.seats += 1;
      if (kind) counts[kind] += 1;
      counts.seats += 1;
    }
  }
  for (const { category, capacity } of areas) {
    const own = byCategory.get(category);
    if (own) own.standing += capacity;
    counts.standing += capacity;
  }
  return { ...counts, categories: [...byCategory.values()] };
}
