/** Compares the adjacent free seats of one row, by the criteria 3 to 5 that docs/outcomes.md lists under "Which seats are the best". */

export interface FreeSeat {
  id: number;
  /** Adjacent seats share a range and have consecutive numbers. */
  range: number;
  number: number;
}

/** A candidate: `quantity` adjacent seats of one range. */
export interface Choice {
  /** The free seats of the range, sorted by number. */
  seats: readonly FreeSeat[];
  /** The index in `seats` of the first seat of the candidate. */
  start: number;
  /** On how many of its two sides (0 to 2) exactly one free seat would be left. */
  singleSides: number;
  /** On how many of its two sides (0 to 2) an odd number of free seats would be left. */
  oddSides: number;
  distanceFromMiddle: number;
}

/** Splits seats, sorted by number, into blocks of adjacent ones: `begin` is an index in them, `end` is exclusive. */
function blocksOf(seats: readonly FreeSeat[]): { begin: number; end: number }[] {
  const blocks: { begin: number; end: number }[] = [];
  let begin = 0;
  for (let end = 1; end <= seats.length; end += 1) {
    if (seats[end]?.number === (seats[end - 1] as FreeSeat).number + 1) continue;
    blocks.push({ begin, end });
    begin = end;
  }
  return blocks;
}

/** Single seats and odd remainders move the best choice at most this many seats away from the most central one. */
const STEPS_ASIDE = 3;

/**
 * Returns the better of the best choice so far and the best choice in these seats.
 * @param seats the free seats of a range, sorted by number
 * @param middle the middle of the row, as a seat number
 */
export function better(
  best: Choice | undefined,
  seats: readonly FreeSeat[],
  quantity: number,
  middle: number,
): Choice | undefined {
  let chosen = best;
  for (const { begin, end } of blocksOf(seats)) {
    const spare = end - begin - quantity;
    if (spare < 0) continue;
    const first = (seats[begin] as FreeSeat).number;
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
