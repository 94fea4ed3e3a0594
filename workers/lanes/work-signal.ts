/** Lets a loop sleep until there may be work: a job was added to one of its lanes, or `wake` was called. */
import type { LaneConsumer } from '../../src/lanes/lane-queue.ts';
import type { LaneName } from '../../src/lanes/lanes.ts';

export interface Look {
  /** Resolves immediately if `wake` was called since `begin`. @param isIdle whether an added job ends the wait too */
  wait(isIdle: boolean): Promise<void>;
}

export class WorkSignal {
  readonly #consumer: Pick<LaneConsumer, 'waitForJobs' | 'stopWaiting'>;
  #lanes: readonly LaneName[] = [];
  /** The wait for jobs in progress. */
  #waitForJobs: symbol | undefined;
  #events = 0;
  #wake: () => void = () => undefined;

  constructor(consumer: Pick<LaneConsumer, 'waitForJobs' | 'stopWaiting'>) {
    this.#consumer = consumer;
  }

  /** Sets the lanes to wait for. */
  watch(lanes: readonly LaneName[]): void {
    this.#lanes = lanes;
    // The wait in progress is for other lanes, so it must restart.
    if (this.#waitForJobs) this.stopWaiting();
    this.wake();
  }

  /** Ends the current sleep, or prevents the next one if the loop is still looking for work. */
  wake(): void {
    this.#events += 1;
    this.#wake();
  }

  /** Call this before looking for work, so that no later `wake` is missed. */
  begin(): Look {
    const before = this.#events;
    return {
      wait: (isIdle) => {
        if (this.#events !== before) return Promise.resolve();
        if (isIdle) void this.#wakeOnJob();
        return new Promise((resolve) => {
          this.#wake = resolve;
        });
      },
    };
  }

  /** Ends the wait for jobs. */
  stopWaiting(): void {
    this.#waitForJobs = undefined;
    this.#consumer.stopWaiting();
  }

  /** Only one wait for jobs is in progress at a time, however often the loop goes back to sleep. */
  async #wakeOnJob(): Promise<void> {
    if (this.#waitForJobs || this.#lanes.length === 0) return;
    const wait = Symbol('wait');
    this.#waitForJobs = wait;
    await this.#consumer.waitForJobs(this.#lanes);
    if (this.#waitForJobs !== wait) return;
    this.#waitForJobs = undefined;
    this.wake();
  }
}
