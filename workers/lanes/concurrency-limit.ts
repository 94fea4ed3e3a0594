/**
 * Limits how many batches of a process run concurrently; the others start in the order of their calls. Lanes that run
 * separately must not exhaust the connection pool. On a Redis Cluster, a lane's next batch grows while it waits here.
 */
export class ConcurrencyLimit {
  readonly max: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(max: number) {
    this.max = max;
  }

  /** Runs `act` as soon as a slot is free. @throws what `act` throws */
  async run<Result>(act: () => Promise<Result>): Promise<Result> {
    if (this.#running < this.max) this.#running += 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await act();
    } finally {
      // Pass the slot directly to the next in line, so that a later caller cannot overtake it.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}
