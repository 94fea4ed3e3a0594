/** Computes each worker process's fair share of the lanes. */

/** How many of `lanes` the member `pid` should own. Shares differ by at most one, and all members compute the same ones. */
export function shareOf(pid: number, members: readonly number[], lanes: number): number {
  const sorted = members.toSorted((a, b) => a - b);
  const rank = sorted.indexOf(pid);
  if (rank < 0) return 0;
  return Math.floor(lanes / sorted.length) + (rank < lanes % sorted.length ? 1 : 0);
}
