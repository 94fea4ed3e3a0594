/** The fair share of lanes of each worker process. */

/** How many of `lanes` a member owns: all shares differ by one at most, and all agree on them. */
export function shareOf(pid: number, members: readonly number[], lanes: number): number {
  const sorted = members.toSorted((a, b) => a - b);
  const rank = sorted.indexOf(pid);
  if (rank < 0) return 0;
  return Math.floor(lanes / sorted.length) + (rank < lanes % sorted.length ? 1 : 0);
}
