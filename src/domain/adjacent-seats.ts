/** Finds seats side by side: the cheapest first, and among equals those that come first in the hall. */

export interface PlacedSeat {
  id: number;
  /** Neighbours share a range and have consecutive numbers. */
  range: number;
  number: number;
  /** In points. */
  price: number;
}

/**
 * Chooses `quantity` neighbours.
 * @param free seats that can be had, in any order
 * @param priceMax no seat may cost more, in points
 * @returns the seats by number, or undefined where there are not that many side by side
 */
export function chooseAdjacent<Seat extends PlacedSeat>(
  free: readonly Seat[],
  { quantity, priceMax }: { quantity: number; priceMax: number },
): Seat[] | undefined {
  const affordable = free.filter((seat) => seat.price <= priceMax);
  const sorted = affordable.toSorted((a, b) => a.range - b.range || a.number - b.number);
  let best: Seat[] | undefined;
  for (let start = 0; start + quantity <= sorted.length; start += 1) {
    const run = sorted.slice(start, start + quantity);
    if (areNeighbours(run) && (!best || costOf(run) < costOf(best))) best = run;
  }
  return best;
}

function areNeighbours(run: readonly PlacedSeat[]): boolean {
  const [first] = run;
  const last = run.at(-1);
  if (!first || !last) return false;
  return first.range === last.range && last.number - first.number === run.length - 1;
}

function costOf(run: readonly PlacedSeat[]): number {
  return run.reduce((sum, seat) => sum + seat.price, 0);
}
