/**
 * Lets so many batches of a process run at a time, in the order in which they ask: lanes that go on by themselves must
 * not take every connection to PostgreSQL, and on a cluster a lane that waits for its turn gathers what comes meanwhile.
 */
export class Gate {
  readonly #max: number;
  readonly #waiting: (() => void)[] = [];
  #inside = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** Runs `act` when it is its turn. @throws what `act` throws */
  async pass<Result>(act: () => Promise<Result>): Promise<Result> {
    if (this.#inside < this.#max) this.#inside += 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await act();
    } finally {
      // The place is handed on: nobody who asks in between gets in first.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#inside -= 1;
    }
  }
}
