/**
 * The simulated processes. All run in one real process: what an asynchronous call does belongs to the simulated process in whose
 * context it began. A process that has crashed is never continued: each of its calls to the outside waits for ever.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

export class SimProcess {
  readonly name: string;
  /** How far its clock is ahead of PostgreSQL's, in ms. */
  readonly clockAheadMs: number;
  /** Until then it does not run; in ms since 1970. */
  frozenUntil = 0;
  #isAlive = true;
  readonly #onCrash: (() => void)[] = [];

  constructor(name: string, clockAheadMs = 0) {
    this.name = name;
    this.clockAheadMs = clockAheadMs;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** Calls this when the process crashes. */
  onCrash(act: () => void): void {
    this.#onCrash.push(act);
  }

  crash(): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    for (const act of this.#onCrash) act();
  }

  /** Runs code as this process. */
  run<Result>(act: () => Result): Result {
    return current.run(this, act);
  }
}

const current = new AsyncLocalStorage<SimProcess>();

/** What belongs to no process: the engine, the checks, the start. */
export const outside = new SimProcess('outside');

/** The process whose code runs. */
export function currentProcess(): SimProcess {
  return current.getStore() ?? outside;
}
