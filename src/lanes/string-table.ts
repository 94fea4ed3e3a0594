/** Deduplicates strings: a thousand equal rejections of one seat are sent and parsed once. */
export class StringTable {
  readonly #indexes = new Map<string, number>();
  /** The distinct strings, by index. */
  readonly strings: string[] = [];

  /** The index of a string, from 0. A new string gets the next index. */
  indexOf(text: string): number {
    const known = this.#indexes.get(text);
    if (known !== undefined) return known;
    const index = this.add(text);
    this.#indexes.set(text, index);
    return index;
  }

  /** Adds a string that equals no other one, without looking for it. @returns its index */
  add(text: string): number {
    return this.strings.push(text) - 1;
  }

  /** The index of the JSON of an outcome. Successes name new ids, so only other outcomes repeat. */
  indexOfOutcome(state: 'succeeded' | 'rejected' | 'failed', json: string): number {
    return state === 'succeeded' ? this.add(json) : this.indexOf(json);
  }
}
