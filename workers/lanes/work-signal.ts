/** Sleeps until there may be something to do: a job was added to one of the lanes, or another part of this process says so. */
import type { LaneConsumer } from '../../src/lanes/lane-queue.ts';
import type { LaneName } from '../../src/lanes/lanes.ts';

export interface Look {
  /** Resolves at once where something has happened since `begin`. @param isIdle added jobs count too */
  wait(isIdle: boolean): Promise<void>;
}

export class WorkSignal {
  readonly #consumer: Pick<LaneConsumer, 'waitForJobs' | 'stopWaiting'>;
  #lanes: readonly LaneName[] = [];
  /** The wait for jobs that is in progress. */
  #asking: symbol | undefined;
  #events = 0;
  #wake: () => void = () => undefined;

  constructor(consumer: Pick<LaneConsumer, 'waitForJobs' | 'stopWaiting'>) {
    this.#consumer = consumer;
  }

  /** The lanes whose jobs count from now on. */
  watch(lanes: readonly LaneName[]): void {
    this.#lanes = lanes;
    // The wait in progress is for other lanes: it is ended, and begun anew.
    if (this.#asking) this.rest();
    this.wake();
  }

  /** Something has happened: a sleeper goes on, and one that is about to sleep does not. */
  wake(): void {
    this.#events += 1;
    this.#wake();
  }

  /** To be called before one looks for work; what happens from then on is not missed. */
  begin(): Look {
    const before = this.#events;
    return {
      wait: (isIdle) => {
        if (this.#events !== before) return Promise.resolve();
        if (isIdle) void this.#ask();
        return new Promise((resolve) => {
          this.#wake = resolve;
        });
      },
    };
  }

  /** Ends the wait for jobs. */
  rest(): void {
    this.#asking = undefined;
    this.#consumer.stopWaiting();
  }

  /** One wait for jobs at a time, however often the sleep begins anew. */
  async #ask(): Promise<void> {
    if (this.#asking || this.#lanes.length === 0) return;
    const me = Symbol('asking');
    this.#asking = me;
    await this.#consumer.waitForJobs(this.#lanes);
    if (this.#asking !== me) return;
    this.#asking = undefined;
    this.wake();
  }
}
