/** Ids to load, each once. */

export function distinct(ids: readonly number[]): number[] {
  return [...new Set(ids)];
}
