/** Requests an admission when a batch has made one possible, so that users need not wait for the timer's next run. */
import type { Queue } from 'bullmq';
import type { FinishedCommand } from '../../batch/batch.ts';

/**
 * How long a request after a freed slot is delayed, to combine it with others, in ms. Batches of payments free slots many
 * times a second, and waiting users poll at most once a second. A user who has just entered is not delayed.
 */
const FREED_WAIT_MS = 50;

/** Commands that free a slot. */
const SLOT_FREEING_COMMANDS = new Set(['leave-queue', 'pay-booking', 'pay-order']);

export class AdmissionRequests {
  readonly #ask: () => void;
  #soon: NodeJS.Timeout | undefined;

  /** @param ask may be called at any time */
  constructor(ask: () => void) {
    this.#ask = ask;
  }

  /** Requests an admission: immediately if a user has entered the queue, shortly after if a slot became free. */
  onFinished(finished: readonly FinishedCommand[]): void {
    const done = finished.filter(({ outcome }) => outcome.state === 'succeeded');
    if (done.some(({ name }) => name === 'enter-queue')) this.#askNow();
    else if (done.some(({ name }) => SLOT_FREEING_COMMANDS.has(name))) {
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

/** A run in flight may have missed the latest change, so another run follows it. At most one further run is pending. */
export async function askForAdmission(queue: Queue): Promise<void> {
  const deduplication = { id: 'admit', keepLastIfActive: true };
  const once = { deduplication, removeOnComplete: true, removeOnFail: true };
  await queue.add('admit', {}, once);
}
