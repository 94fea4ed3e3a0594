/** Deduplicates concurrent reads: callers that need the same data share one read. */

export class SharedRead<Result> {
  readonly #read: () => Promise<Result>;
  #inFlight: Promise<Result> | undefined;
  #next: Promise<Result> | undefined;

  constructor(read: () => Promise<Result>) {
    this.#read = read;
  }

  /** No read is in flight or pending. */
  get isIdle(): boolean {
    return !this.#inFlight && !this.#next;
  }

  /** The read in flight, if there is one. */
  get inFlight(): Promise<Result> | undefined {
    return this.#inFlight;
  }

  /** The read in flight, or a new one. */
  any(): Promise<Result> {
    return this.#inFlight ?? this.#begin();
  }

  /** A read that starts after this call: one already in flight may miss a change that the caller knows of. */
  fresh(): Promise<Result> {
    if (!this.#inFlight) return this.#begin();
    this.#next ??= this.#inFlight
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        return this.any();
      });
    return this.#next;
  }

  #begin(): Promise<Result> {
    this.#inFlight = this.#read().finally(() => {
      this.#inFlight = undefined;
    });
    return this.#inFlight;
  }
}

/** Shared reads by key. */
export class SharedReads {
  /** The reads in flight or pending. */
  readonly #reads = new Map<string, SharedRead<unknown>>();

  /**
   * A read that starts after this call.
   * @param key identifies everything the result depends on; the result is shared and must not be modified
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
