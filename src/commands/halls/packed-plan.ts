/**
 * Plans of halls as jobs and the database keep them: a row lists the numbers, positions and categories of its seats as columns, which
 * takes a tenth of the bytes of one object a seat. `pack` and `unpack` are each other's inverse for plans that hall-plan.ts has accepted.
 */
import type { Plan, PlanRow, PlanSeat } from '../schemas/hall-plan.ts';
import { SEAT_KINDS } from '../schemas/place-resources.ts';

/**
 * A row of seats. A list of steps is the first value, then the differences to the value before; the last difference goes on, and
 * is missing if it is 0. So 1 to 20 is `[1, 1]`.
 */
export interface PackedRow {
  name: string | null;
  x?: number;
  y?: number;
  seats: number;
  numbers: number[];
  xs?: number[];
  ys?: number[];
  /** Runs of seats of one category: its index in the plan, and how many. */
  categories: [category: number, seats: number][];
  /** The seats with a kind: the index in the row, and the kind, from 1. */
  kinds?: [index: number, kind: number][];
}

export interface PackedPlan extends Pick<Plan, 'categories' | 'areas'> {
  sections: { name: string | null; x?: number; y?: number; rows: PackedRow[] }[];
}

export function pack({ categories, sections, areas }: Plan): PackedPlan {
  const indexOf = new Map(categories.map(({ name }, index) => [name, index]));
  return {
    categories,
    sections: sections.map(({ rows, ...section }) => ({
      ...defined(section),
      rows: rows.map((row) => packRow(row, indexOf)),
    })),
    ...(areas && { areas }),
  };
}

function packRow({ seats, ...row }: PlanRow, indexOf: ReadonlyMap<string, number>): PackedRow {
  const sorted = seats.toSorted((a, b) => a.number - b.number);
  const categories: PackedRow['categories'] = [];
  for (const { category } of sorted) {
    const index = indexOf.get(category) ?? 0;
    const last = categories.at(-1);
    if (last?.[0] === index) last[1] += 1;
    else categories.push([index, 1]);
  }
  const kinds = sorted.flatMap(({ kind }, index) =>
    kind ? [[index, SEAT_KINDS.indexOf(kind) + 1] as [number, number]] : [],
  );
  const [xs, ys] = [positionsOf(sorted, 'x'), positionsOf(sorted, 'y')];
  return {
    ...defined(row),
    seats: sorted.length,
    numbers: toSteps(sorted.map(({ number }) => number)),
    ...(xs && { xs: toSteps(xs) }),
    ...(ys && { ys: toSteps(ys) }),
    categories,
    ...(kinds.length > 0 && { kinds }),
  };
}

/** How far apart seats and rows are that have no position. */
export const SPACING = 20;

/** The positions of all seats of a row if one of them has one: a seat without stands beside the one before, at the same height. */
function positionsOf(seats: readonly PlanSeat[], axis: 'x' | 'y'): number[] | undefined {
  if (seats.every((seat) => seat[axis] === undefined)) return undefined;
  const step = axis === 'x' ? SPACING : 0;
  let last = -step;
  return seats.map((seat) => {
    last = seat[axis] ?? last + step;
    return last;
  });
}

/** The row without fields that are undefined, which JSON leaves out too. */
function defined<
  Named extends { name: string | null; x?: number | undefined; y?: number | undefined },
>({ name, x, y }: Named) {
  return { name, ...(x !== undefined && { x }), ...(y !== undefined && { y }) };
}

function toSteps(values: readonly number[]): number[] {
  const steps = values.map((value, index) => value - (index === 0 ? 0 : (values[index - 1] ?? 0)));
  const last = steps.at(-1);
  while (steps.length > 2 && steps.at(-2) === last) steps.pop();
  if (steps.length === 2 && last === 0) steps.pop();
  return steps;
}

function fromSteps([first = 0, ...steps]: readonly number[], count: number): number[] {
  let value = first;
  return Array.from({ length: count }, (_, index) => {
    if (index > 0) value += steps[index - 1] ?? steps.at(-1) ?? 0;
    return value;
  });
}

export function unpack({ sections, ...plan }: PackedPlan): Plan {
  const names = plan.categories.map(({ name }) => name);
  return {
    ...plan,
    sections: sections.map(({ rows, ...section }) => ({
      ...section,
      rows: rows.map((row) => unpackRow(row, names)),
    })),
  };
}

function unpackRow(row: PackedRow, names: readonly string[]): PlanRow {
  const { name, x, y } = row;
  const xs = row.xs && fromSteps(row.xs, row.seats);
  const ys = row.ys && fromSteps(row.ys, row.seats);
  const seats = seatsOf(row).map(({ number, category, kind }, index) => ({
    number,
    ...(xs && { x: xs[index] }),
    ...(ys && { y: ys[index] }),
    category: names[category] ?? '',
    ...(kind > 0 && { kind: SEAT_KINDS[kind - 1] }),
  }));
  return { ...defined({ name, x, y }), seats };
}

/** A seat without its position; category and kind as the table `seat` has them. */
export interface PackedSeat {
  number: number;
  category: number;
  kind: number;
}

/** The seats of a row in the order of their numbers. */
export function seatsOf(row: PackedRow): PackedSeat[] {
  const kinds = new Map(row.kinds);
  const categories = row.categories.flatMap(([category, count]) =>
    Array<number>(count).fill(category),
  );
  return fromSteps(row.numbers, row.seats).map((number, index) => ({
    number,
    category: categories[index] ?? 0,
    kind: kinds.get(index) ?? 0,
  }));
}

/** How many seats a plan has, without the places of areas. */
export function seatCountOf({ sections }: PackedPlan): number {
  return sections.reduce(
    (sum, { rows }) => sum + rows.reduce((inRows, { seats }) => inRows + seats, 0),
    0,
  );
}
