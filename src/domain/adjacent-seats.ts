/**
 * Finds the best seats side by side. docs/outcomes.md has the rule: the dearest price within the wish, the row that is
 * nearest to the front, no single seat left over, the middle of the row.
 */

export interface Wish {
  /** How many seats side by side. */
  quantity: number;
  /** No seat may cost more, in points. */
  priceMax: number;
  /** Only seats of this section; of any without it. */
  section?: string | undefined;
  /** Which price comes first: the dearest, or the cheapest. */
  prefer: 'best' | 'cheapest';
}

export interface HallSeat {
  id: number;
  /** Neighbours share a range and have consecutive numbers. */
  range: number;
  number: number;
}

/** A range of a schedule's seats. */
export interface HallRange {
  /** Its place in the schedule's order; the first of a section is its front row. */
  range: number;
  section: string | null;
  /** Ranges of one section and row are one row, such as the seats on both sides of an aisle. */
  row: string | null;
  /** Of each of its seats, in points. */
  price: number;
  /** The lowest and the highest number among all its seats. */
  first: number;
  last: number;
  /** The seats that are free, in any order. */
  free: readonly HallSeat[];
}

interface RankedRange extends HallRange {
  /** How many rows of its section are nearer to the front. */
  depth: number;
  /** The middle of the row, as a seat's number. */
  middle: number;
  /** By number. */
  free: HallSeat[];
}

/** Ranges of one price that are equally far from the front, in the schedule's order. */
interface Level {
  price: number;
  ranges: RankedRange[];
}

/** Free seats of a range by number, and where among them those begin that would be taken. */
interface Choice {
  seats: readonly HallSeat[];
  start: number;
  /** On how many of the two sides a single free seat would be left, and on how many an odd number of them. */
  singles: number;
  odds: number;
  fromMiddle: number;
}

/** The free seats of one schedule, which change while commands are carried out. */
export class Hall {
  readonly #ranges: ReadonlyMap<number, RankedRange>;
  readonly #free: Set<number>;
  readonly #dearestFirst: readonly Level[];
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
    this.#dearestFirst = levels.toSorted((a, b) => b.price - a.price || a.depth - b.depth);
    this.#cheapestFirst = levels.toSorted((a, b) => a.price - b.price || a.depth - b.depth);
  }

  /** Takes a seat out of the free ones, or puts it back; nothing where it is so already. */
  setFree({ id, range, number }: HallSeat, isFree: boolean): void {
    const free = this.#ranges.get(range)?.free;
    if (!free || this.#free.has(id) === isFree) return;
    const place = placeOf(free, number);
    if (isFree) {
      free.splice(place, 0, { id, range, number });
      this.#free.add(id);
    } else {
      free.splice(place, 1);
      this.#free.delete(id);
    }
  }

  /**
   * Chooses free neighbours.
   * @param avoided free seats to skip
   * @returns the seats by number, or undefined where there are not that many side by side
   */
  choose(wish: Wish, avoided?: ReadonlySet<number>): HallSeat[] | undefined {
    const { quantity, priceMax, section, prefer } = wish;
    const levels = prefer === 'cheapest' ? this.#cheapestFirst : this.#dearestFirst;
    for (const { price, ranges } of levels) {
      if (price > priceMax) continue;
      let best: Choice | undefined;
      for (const range of ranges) {
        if (section !== undefined && range.section !== section) continue;
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
  // A range without the name of a row is a row of its own.
  const rows = Map.groupBy(inOrder, ({ section, row, range }) =>
    JSON.stringify(row === null ? [section, row, range] : [section, row]),
  );
  const depths = new Map<string | null, number>();
  const ranked = [...rows.values()].flatMap((row) => {
    const { section } = row[0] as HallRange;
    const depth = depths.get(section) ?? 0;
    depths.set(section, depth + 1);
    const first = row.reduce((least, range) => Math.min(least, range.first), Infinity);
    const last = row.reduce((most, range) => Math.max(most, range.last), 0);
    const middle = (first + last) / 2;
    return row.map((range) => {
      const free = range.free.toSorted((a, b) => a.number - b.number);
      return { ...range, depth, middle, free };
    });
  });
  return ranked.toSorted((a, b) => a.range - b.range);
}

/** Where a seat's number stands among seats by number, or would stand. */
function placeOf(seats: readonly HallSeat[], number: number): number {
  let [low, high] = [0, seats.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((seats[middle] as HallSeat).number < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where the blocks of free neighbours begin and end among seats by number; `end` is the place after the last one. */
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

/** Edges and parity move the best place by so much from the one in the middle, at most. */
const STEPS_ASIDE = 3;

/** The best choice so far, or the best one of a range where that is better. */
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
    const fromFirst = Math.round(middle - (quantity - 1) / 2 - first);
    const central = Math.min(Math.max(fromFirst, 0), spare);
    const last = Math.min(central + STEPS_ASIDE, spare);
    for (let before = Math.max(central - STEPS_ASIDE, 0); before <= last; before += 1) {
      const after = spare - before;
      const choice = {
        ...{ seats, start: begin + before },
        singles: Number(before === 1) + Number(after === 1),
        odds: (before % 2) + (after % 2),
        fromMiddle: Math.abs(first + before + (quantity - 1) / 2 - middle),
      };
      if (!chosen || compare(choice, chosen) < 0) chosen = choice;
    }
  }
  return chosen;
}

function compare(a: Choice, b: Choice): number {
  return a.singles - b.singles || a.odds - b.odds || a.fromMiddle - b.fromMiddle;
}
