/**
 * Limits how many batches of a process run at a time; the others start in the order in which they asked. Lanes that go
 * on by themselves must not take every connection to PostgreSQL, and on a Redis Cluster the next batch of a lane grows
 * while it is waiting.
 */
export class ConcurrencyLimit {
  readonly #max: number;
  readonly #waiting: (() => void)[] = [];
  #inside = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** Runs `act` when it is its turn. @throws what `act` throws */
  async run<Result>(act: () => Promise<Result>): Promise<Result> {
    if (this.#inside < this.#max) this.#inside += 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await act();
    } finally {
      // The slot is handed on, so that a later caller cannot overtake the queue.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#inside -= 1;
    }
  }
}
