/** The module k6/data, as far as the scripts of deploy/k6 use it. */

/** Called with `new`. In k6 it makes an array that all virtual users share; here they share everything. */
export function SharedArray<Item>(_name: string, make: () => Item[]): Item[] {
  return make();
}
