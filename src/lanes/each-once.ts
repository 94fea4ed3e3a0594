/** Texts without their repetitions: a thousand refusals of one seat say the same, and are sent and parsed once. */
export class EachOnce {
  readonly #places = new Map<string, number>();

  /** The place of a text among the different ones, counted from 0. */
  placeOf(text: string): number {
    const known = this.#places.get(text);
    if (known !== undefined) return known;
    this.#places.set(text, this.#places.size);
    return this.#places.size - 1;
  }

  /** The different texts, in the order of their places. */
  get texts(): string[] {
    return [...this.#places.keys()];
  }
}
