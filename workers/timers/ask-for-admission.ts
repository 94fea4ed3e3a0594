/** Asks for an admission when a batch has made one possible, so that nobody waits for the timer's next turn. */
import type { Queue } from 'bullmq';
import type { FinishedCommand } from '../batch/batch.ts';

/**
 * How long places that became free wait for others, in ms. Payments come in batches, many a second, and whoever waits
 * asks after their place once a second at most; who enters may hope for a place at once.
 */
const FREED_WAIT_MS = 50;

/** After these a place is free. */
const FREES_A_PLACE = new Set(['leave-queue', 'pay-booking']);

export class AdmissionRequests {
  readonly #ask: () => void;
  #soon: NodeJS.Timeout | undefined;

  /** @param ask may be called at any time */
  constructor(ask: () => void) {
    this.#ask = ask;
  }

  /** Asks now where somebody entered, in a moment where a place became free. */
  hear(finished: readonly FinishedCommand[]): void {
    const done = finished.filter(({ outcome }) => outcome.state === 'succeeded');
    if (done.some(({ name }) => name === 'enter-queue')) this.#askNow();
    else if (done.some(({ name }) => FREES_A_PLACE.has(name))) {
      this.#soon ??= setTimeout(() => this.#askNow(), FREED_WAIT_MS);
    }
  }

  stop(): void {
    clearTimeout(this.#soon);
  }

  #askNow(): void {
    clearTimeout(this.#soon);
    this.#soon = undefined;
    this.#ask();
  }
}

/** One that is under way may not have seen what happened just now, so another follows it; more than one never wait. */
export async function askForAdmission(queue: Queue): Promise<void> {
  const deduplication = { id: 'admit', keepLastIfActive: true };
  const once = { deduplication, removeOnComplete: true, removeOnFail: true };
  await queue.add('admit', {}, once);
}
