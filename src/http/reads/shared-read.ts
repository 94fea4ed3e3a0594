/** Reads that those who ask at the same time share. */

export class SharedRead<Result> {
  readonly #read: () => Promise<Result>;
  #underWay: Promise<Result> | undefined;
  #next: Promise<Result> | undefined;

  constructor(read: () => Promise<Result>) {
    this.#read = read;
  }

  /** Nobody waits for a read. */
  get isIdle(): boolean {
    return !this.#underWay && !this.#next;
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

/** Shared reads by what they read. */
export class SharedReads {
  /** Those that somebody waits for. */
  readonly #reads = new Map<string, SharedRead<unknown>>();

  /**
   * A read that begins from now on.
   * @param key has all that the result depends on; the result is shared and must not be changed
   */
  fresh<Result>(key: string, read: () => Promise<Result>): Promise<Result> {
    const shared = (this.#reads.get(key) ?? new SharedRead(read)) as SharedRead<Result>;
    this.#reads.set(key, shared);
    const forget = () => {
      if (shared.isIdle) this.#reads.delete(key);
    };
    const result = shared.fresh();
    result.then(forget, forget);
    return result;
  }
}
