/** Repeats a refresh periodically. */

export class RefreshTimer {
  readonly #refresh: () => Promise<unknown>;
  readonly #everyMs: number;
  #timer: NodeJS.Timeout | undefined;

  /** @param refresh may reject, for example while PostgreSQL cannot be reached; the next run tries again */
  constructor(refresh: () => Promise<unknown>, everyMs: number) {
    this.#refresh = refresh;
    this.#everyMs = everyMs;
  }

  /** Starts the timer. The first run is one period later. The timer does not keep the process alive. */
  start(): void {
    this.#timer = setInterval(() => this.#refresh().catch(() => undefined), this.#everyMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
