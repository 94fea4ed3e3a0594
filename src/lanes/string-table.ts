/** Deduplicates strings: a thousand equal rejections of one seat are sent and parsed once. */
export class StringTable {
  readonly #indexes = new Map<string, number>();

  /** The index of a string, from 0. A new string gets the next index. */
  indexOf(text: string): number {
    const known = this.#indexes.get(text);
    if (known !== undefined) return known;
    this.#indexes.set(text, this.#indexes.size);
    return this.#indexes.size - 1;
  }

  /** The distinct strings, by index. */
  get strings(): string[] {
    return [...this.#indexes.keys()];
  }
}
