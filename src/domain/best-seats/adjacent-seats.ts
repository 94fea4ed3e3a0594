/** Finds the best adjacent free seats, by the criteria that docs/outcomes.md lists in order. */
import { better, type Choice, type FreeSeat } from './adjacent-choice.ts';
import { isPriceWanted, isSectionWanted, type SeatFilter } from './seat-filter.ts';

export type { FreeSeat };

export interface SeatRequest extends SeatFilter {
  /** The number of adjacent seats. */
  quantity: number;
  /** The price level to try first: `best` is the most expensive one. */
  prefer: 'best' | 'cheapest';
}

export interface SeatRange {
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
}

interface RankedRange extends SeatRange {
  /** The number of rows of the section that are nearer to the front. */
  depth: number;
  /** The middle of the row, as a seat number; it may lie halfway between two seats. */
  middle: number;
}

/** Ranges of one price and depth, in the schedule's order. */
interface Level {
  price: number;
  ranges: readonly RankedRange[];
}

/** The ranges of one schedule in the order in which seats are looked for in them. It never changes. */
export class RangeRanking {
  readonly #expensiveFirst: readonly Level[];
  readonly #cheapestFirst: readonly Level[];

  constructor(ranges: readonly SeatRange[]) {
    const groups = Map.groupBy(rank(ranges), ({ price, depth }) => `${price} ${depth}`);
    const levels = [...groups.values()].map((group) => {
      const [{ price, depth }] = group as [RankedRange];
      return { price, depth, ranges: group };
    });
    this.#expensiveFirst = levels.toSorted((a, b) => b.price - a.price || a.depth - b.depth);
    this.#cheapestFirst = levels.toSorted((a, b) => a.price - b.price || a.depth - b.depth);
  }

  /** The ranges that a request allows, level by level, the one to try first at first. */
  *levelsFor(request: SeatRequest): Generator<readonly RankedRange[]> {
    const levels = request.prefer === 'cheapest' ? this.#cheapestFirst : this.#expensiveFirst;
    for (const { price, ranges } of levels) {
      if (!isPriceWanted(request, price)) continue;
      yield request.section === undefined
        ? ranges
        : ranges.filter((range) => isSectionWanted(request, range));
    }
  }

  /** The free seats of the schedule, before any range is read. */
  freeSeats(): FreeSeats {
    return new FreeSeats(this);
  }
}

/**
 * The free seats of one schedule, as far as they were read. They change while the commands of a batch are applied.
 */
export class FreeSeats {
  readonly #ranking: RangeRanking;
  /** The free seats of the ranges that were read, sorted by number. */
  readonly #free = new Map<number, FreeSeat[]>();
  readonly #freeIds = new Set<number>();

  constructor(ranking: RangeRanking) {
    this.#ranking = ranking;
  }

  /** @param free all free seats of the range, in any order */
  addRange(range: number, free: readonly FreeSeat[]): void {
    this.#free.set(
      range,
      free.toSorted((a, b) => a.number - b.number),
    );
    for (const { id } of free) this.#freeIds.add(id);
  }

  /** The ranges that a request allows, level by level, the one to try first at first. */
  levelsFor(request: SeatRequest): Iterable<readonly SeatRange[]> {
    return this.#ranking.levelsFor(request);
  }

  /** Whether the free seats of a range are known. */
  hasRange(range: number): boolean {
    return this.#free.has(range);
  }

  /** Marks a seat as free or as taken. Has no effect if it is in that state already, or if its range was not read. */
  setFree({ id, range, number }: FreeSeat, isFree: boolean): void {
    const free = this.#free.get(range);
    if (!free || this.#freeIds.has(id) === isFree) return;
    const index = insertionIndexOf(free, number);
    if (isFree) {
      free.splice(index, 0, { id, range, number });
      this.#freeIds.add(id);
    } else {
      free.splice(index, 1);
      this.#freeIds.delete(id);
    }
  }

  /**
   * Chooses adjacent free seats.
   * @param avoided ids of free seats to skip
   * @returns the seats sorted by number; `unread` if that depends on ranges that were not read; undefined if there are not
   *   enough adjacent seats
   */
  choose(request: SeatRequest, avoided?: ReadonlySet<number>): FreeSeat[] | 'unread' | undefined {
    const { quantity } = request;
    for (const ranges of this.#ranking.levelsFor(request)) {
      let best: Choice | undefined;
      for (const { range, middle } of ranges) {
        const free = this.#free.get(range);
        if (!free) return 'unread';
        if (free.length < quantity) continue;
        const seats = avoided?.size ? free.filter(({ id }) => !avoided.has(id)) : free;
        best = better(best, seats, quantity, middle);
      }
      if (best) return best.seats.slice(best.start, best.start + quantity);
    }
    return undefined;
  }
}

function rank(ranges: readonly SeatRange[]): RankedRange[] {
  const inOrder = ranges.toSorted((a, b) => a.range - b.range);
  // A range without a row name forms a row by itself.
  const rows = Map.groupBy(inOrder, ({ section, row, range }) =>
    JSON.stringify(row === null ? [section, row, range] : [section, row]),
  );
  const depths = new Map<string | null, number>();
  const ranked = [...rows.values()].flatMap((row) => {
    const { section } = row[0] as SeatRange;
    const depth = depths.get(section) ?? 0;
    depths.set(section, depth + 1);
    const edges = row.flatMap(({ first, last }) => [first, last]);
    const middle = (Math.min(...edges) + Math.max(...edges)) / 2;
    return row.map((range) => ({ ...range, depth, middle }));
  });
  return ranked.toSorted((a, b) => a.range - b.range);
}

/** The index at which a seat with this number stands, or would be inserted, in seats sorted by number. */
function insertionIndexOf(seats: readonly FreeSeat[], number: number): number {
  let [low, high] = [0, seats.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((seats[middle] as FreeSeat).number < number) low = middle + 1;
    else high = middle;
  }
  return low;
}
