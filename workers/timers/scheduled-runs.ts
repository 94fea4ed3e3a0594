/**
 * BullMQ adds the next run of a timer when a run begins, not when it ends. Without a limit a timer that has much to do would run
 * several times at once, and take the turns and database connections of the others.
 */

/** After this time a run that hangs no longer keeps the next ones from beginning, in ms. */
const HUNG_MS = 60_000;

export class ScheduledRuns {
  /** When the run in flight of a timer began, by `performance.now()`. */
  readonly #began = new Map<string, number>();

  /**
   * Runs a timer, unless one of its runs is in flight in this process: the next run then does what is left.
   * @returns whether it ran @throws what `work` throws
   */
  async run(timer: string, work: () => Promise<unknown>): Promise<boolean> {
    const began = performance.now();
    const former = this.#began.get(timer);
    if (former !== undefined && began - former < HUNG_MS) return false;
    this.#began.set(timer, began);
    try {
      await work();
    } finally {
      if (this.#began.get(timer) === began) this.#began.delete(timer);
    }
    return true;
  }
}
