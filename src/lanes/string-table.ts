/** Strings without their repetitions: a thousand refusals of one seat say the same, and are sent and parsed once. */
export class StringTable {
  readonly #indexes = new Map<string, number>();

  /** The index of a string among the different ones, counted from 0. A new string gets the next index. */
  indexOf(text: string): number {
    const known = this.#indexes.get(text);
    if (known !== undefined) return known;
    this.#indexes.set(text, this.#indexes.size);
    return this.#indexes.size - 1;
  }

  /** The different strings, in the order of their indexes. */
  get strings(): string[] {
    return [...this.#indexes.keys()];
  }
}
