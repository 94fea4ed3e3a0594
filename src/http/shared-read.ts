/** A read that those who ask at the same time share. */
export class SharedRead<Result> {
  readonly #read: () => Promise<Result>;
  #underWay: Promise<Result> | undefined;
  #next: Promise<Result> | undefined;

  constructor(read: () => Promise<Result>) {
    this.#read = read;
  }

  /** The read under way, or a new one. */
  any(): Promise<Result> {
    return this.#underWay ?? this.#begin();
  }

  /** A read that begins from now on: what is under way may not have seen what the asker knows of. */
  fresh(): Promise<Result> {
    if (!this.#underWay) return this.#begin();
    this.#next ??= this.#underWay
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        return this.any();
      });
    return this.#next;
  }

  #begin(): Promise<Result> {
    this.#underWay = this.#read().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }
}
