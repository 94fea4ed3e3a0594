/** Finds the best adjacent free seats, by the criteria that docs/outcomes.md lists in order. */
import { isPriceWanted, isSectionWanted, type SeatFilter } from './seat-filter.ts';

export interface SeatRequest extends SeatFilter {
  /** The number of adjacent seats. */
  quantity: number;
  /** The price level to try first: `best` is the most expensive one. */
  prefer: 'best' | 'cheapest';
}

export interface HallSeat {
  id: number;
  /** Adjacent seats share a range and have consecutive numbers. */
  range: number;
  number: number;
}

export interface HallRange {
  /** The range's index in the schedule; the first range of a section is its front row. */
  range: number;
  section: string | null;
  /** Ranges of one section and row form one row, such as the seats on both sides of an aisle. */
  row: string | null;
  /** The price of each seat of the range, in points. */
  price: number;
  /** The lowest and the highest seat number of the range, taken seats included. */
  first: number;
  last: number;
  /** The free seats, in any order. */
  free: readonly HallSeat[];
}

interface RankedRange extends HallRange {
  /** The number of rows of the section that are nearer to the front. */
  depth: number;
  /** The middle of the row, as a seat number; it may lie halfway between two seats. */
  middle: number;
  /** Sorted by number. */
  free: HallSeat[];
}

/** Ranges of one price and depth, in the schedule's order. */
interface Level {
  price: number;
  ranges: RankedRange[];
}

/** A candidate: `quantity` adjacent seats of one range. */
interface Choice {
  /** The free seats of the range, sorted by number. */
  seats: readonly HallSeat[];
  /** The index in `seats` of the first seat of the candidate. */
  start: number;
  /** On how many of its two sides (0 to 2) exactly one free seat would be left. */
  singleSides: number;
  /** On how many of its two sides (0 to 2) an odd number of free seats would be left. */
  oddSides: number;
  distanceFromMiddle: number;
}

/** The free seats of one schedule. They change while the commands of a batch are applied. */
export class Hall {
  readonly #ranges: ReadonlyMap<number, RankedRange>;
  readonly #free: Set<number>;
  readonly #expensiveFirst: readonly Level[];
  readonly #cheapestFirst: readonly Level[];

  constructor(ranges: readonly HallRange[]) {
    const ranked = rank(ranges);
    this.#ranges = new Map(ranked.map((each) => [each.range, each]));
    this.#free = new Set(ranked.flatMap(({ free }) => free.map(({ id }) => id)));
    const groups = Map.groupBy(ranked, ({ price, depth }) => `${price} ${depth}`);
    const levels = [...groups.values()].map((group) => {
      const [{ price, depth }] = group as [RankedRange];
      return { price, depth, ranges: group };
    });
    this.#expensiveFirst = levels.toSorted((a, b) => b.price - a.price || a.depth - b.depth);
    this.#cheapestFirst = levels.toSorted((a, b) => a.price - b.price || a.depth - b.depth);
  }

  /** Marks a seat as free or as taken. Has no effect if the seat is in that state already. */
  setFree({ id, range, number }: HallSeat, isFree: boolean): void {
    const free = this.#ranges.get(range)?.free;
    if (!free || this.#free.has(id) === isFree) return;
    const index = insertionIndexOf(free, number);
    if (isFree) {
      free.splice(index, 0, { id, range, number });
      this.#free.add(id);
    } else {
      free.splice(index, 1);
      this.#free.delete(id);
    }
  }

  /**
   * Chooses adjacent free seats.
   * @param avoided ids of free seats to skip
   * @returns the seats sorted by number, or undefined if there are not enough adjacent seats
   */
  choose(request: SeatRequest, avoided?: ReadonlySet<number>): HallSeat[] | undefined {
    const { quantity, prefer } = request;
    const levels = prefer === 'cheapest' ? this.#cheapestFirst : this.#expensiveFirst;
    for (const { price, ranges } of levels) {
      if (!isPriceWanted(request, price)) continue;
      let best: Choice | undefined;
      for (const range of ranges) {
        if (!isSectionWanted(request, range)) continue;
        const seats = avoided ? range.free.filter(({ id }) => !avoided.has(id)) : range.free;
        best = better(best, seats, quantity, range.middle);
      }
      if (best) return best.seats.slice(best.start, best.start + quantity);
    }
    return undefined;
  }
}

function rank(ranges: readonly HallRange[]): RankedRange[] {
  const inOrder = ranges.toSorted((a, b) => a.range - b.range);
  // A range without a row name forms a row by itself.
  const rows = Map.groupBy(inOrder, ({ section, row, range }) =>
    JSON.stringify(row === null ? [section, row, range] : [section, row]),
  );
  const depths = new Map<string | null, number>();
  const ranked = [...rows.values()].flatMap((row) => {
    const { section } = row[0] as HallRange;
    const depth = depths.get(section) ?? 0;
    depths.set(section, depth + 1);
    const edges = row.flatMap(({ first, last }) => [first, last]);
    const middle = (Math.min(...edges) + Math.max(...edges)) / 2;
    return row.map((range) => {
      const free = range.free.toSorted((a, b) => a.number - b.number);
      return { ...range, depth, middle, free };
    });
  });
  return ranked.toSorted((a, b) => a.range - b.range);
}

/** The index at which a seat with this number stands, or would be inserted, in seats sorted by number. */
function insertionIndexOf(seats: readonly HallSeat[], number: number): number {
  let [low, high] = [0, seats.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((seats[middle] as HallSeat).number < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Splits seats, sorted by number, into blocks of adjacent ones: `begin` is an index in them, `end` is exclusive. */
function blocksOf(seats: readonly HallSeat[]): { begin: number; end: number }[] {
  const blocks: { begin: number; end: number }[] = [];
  let begin = 0;
  for (let end = 1; end <= seats.length; end += 1) {
    if (seats[end]?.number === (seats[end - 1] as HallSeat).number + 1) continue;
    blocks.push({ begin, end });
    begin = end;
  }
  return blocks;
}

/** Single seats and odd remainders move the best choice at most this many seats away from the most central one. */
const STEPS_ASIDE = 3;

/** Returns the better of the best choice so far and the best choice in these seats. */
function better(
  best: Choice | undefined,
  seats: readonly HallSeat[],
  quantity: number,
  middle: number,
): Choice | undefined {
  let chosen = best;
  for (const { begin, end } of blocksOf(seats)) {
    const spare = end - begin - quantity;
    if (spare < 0) continue;
    const first = (seats[begin] as HallSeat).number;
    const central = Math.min(Math.max(Math.round(middle - (quantity - 1) / 2 - first), 0), spare);
    const last = Math.min(central + STEPS_ASIDE, spare);
    for (let before = Math.max(central - STEPS_ASIDE, 0); before <= last; before += 1) {
      const after = spare - before;
      const choice = {
        seats,
        start: begin + before,
        singleSides: Number(before === 1) + Number(after === 1),
        oddSides: (before % 2) + (after % 2),
        distanceFromMiddle: Math.abs(first + before + (quantity - 1) / 2 - middle),
      };
      if (!chosen || compare(choice, chosen) < 0) chosen = choice;
    }
  }
  return chosen;
}

function compare(a: Choice, b: Choice): number {
  const edges = a.singleSides - b.singleSides || a.oddSides - b.oddSides;
  return edges || a.distanceFromMiddle - b.distanceFromMiddle;
}
