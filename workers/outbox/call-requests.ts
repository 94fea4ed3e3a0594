/**
 * Offers calls at once after the batch that owes them, so that buyers need not wait for the timer, and when the timer says so. One
 * run at a time in this process.
 */
import type { Logger } from 'pino';
import type { FinishedCommand } from '../batch/batch.ts';

export interface CallRequestDeps {
  /** Offers all due calls; may end early once the signal is aborted. */
  offerDue(signal: AbortSignal): Promise<unknown>;
  /** Commands after which calls are offered at once, because they may owe one. */
  callingCommands: ReadonlySet<string>;
  log: Logger;
}

export class CallRequests {
  readonly #deps: CallRequestDeps;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  /** A batch has been committed since the run in flight began, which may have missed its calls. */
  #isPending = false;

  constructor(deps: CallRequestDeps) {
    this.#deps = deps;
  }

  /** Offers calls if one of these commands may owe one. At most one run is in flight, and one further is pending. */
  onFinished(finished: readonly FinishedCommand[]): void {
    const { callingCommands, log } = this.#deps;
    if (callingCommands.size === 0) return;
    const isCalling = ({ name, outcome }: FinishedCommand) =>
      outcome.state === 'succeeded' && callingCommands.has(name);
    if (!finished.some(isCalling)) return;
    this.#isPending = true;
    this.#begin()?.catch((error: unknown) =>
      log.debug(
        { err: error },
        'Calls could not be offered; the timer offers them on its next run.',
      ),
    );
  }

  /** Offers all due calls, unless a run is in flight or this process stops. @throws the error of PostgreSQL or Redis */
  async offerNow(): Promise<void> {
    await this.#begin();
  }

  /** Begins no further run, and waits for the end of the one in flight. */
  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#running?.catch(() => undefined);
  }

  #begin(): Promise<void> | undefined {
    if (this.#running || this.#stopping.signal.aborted) return undefined;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    let failure: { error: unknown } | undefined;
    do {
      this.#isPending = false;
      await this.#deps.offerDue(signal).catch((error: unknown) => {
        failure ??= { error };
      });
    } while (this.#isPending && !signal.aborted);
    if (failure) throw failure.error;
  }
}
