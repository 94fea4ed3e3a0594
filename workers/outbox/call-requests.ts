/** Offers calls at once after the batch that owes them, so that buyers need not wait for the timer. */
import type { FinishedCommand } from '../batch/batch.ts';

export class CallRequests {
  readonly #offer: () => Promise<unknown>;
  readonly #callingCommands: ReadonlySet<string>;
  #isRunning = false;
  /** A batch has been committed since the run in flight began, which may have missed its calls. */
  #isAsked = false;
  #isStopped = false;

  /**
   * @param offer offers all due calls. If it fails, the timer's next run offers them.
   * @param callingCommands commands that may owe a call
   */
  constructor(offer: () => Promise<unknown>, callingCommands: ReadonlySet<string>) {
    this.#offer = offer;
    this.#callingCommands = callingCommands;
  }

  /** Offers calls if one of these commands may owe one. At most one offer is in flight, and one further is pending. */
  onFinished(finished: readonly FinishedCommand[]): void {
    if (this.#callingCommands.size === 0) return;
    const isCalling = ({ name, outcome }: FinishedCommand) =>
      outcome.state === 'succeeded' && this.#callingCommands.has(name);
    if (!finished.some(isCalling)) return;
    this.#isAsked = true;
    if (!this.#isRunning) void this.#run();
  }

  stop(): void {
    this.#isStopped = true;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#isAsked && !this.#isStopped) {
      this.#isAsked = false;
      await this.#offer().catch(() => undefined);
    }
    this.#isRunning = false;
  }
}
