/** Removes duplicate ids, so that each row is loaded once. */
export function distinct(ids: readonly number[]): number[] {
  return [...new Set(ids)];
}
