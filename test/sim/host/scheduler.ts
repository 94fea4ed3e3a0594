/**
 * Decides under the seed what happens next. Every call that leaves a simulated process (a statement, a call to the queue, a message) waits
 * here for its turn. One step lets one of them go on, until the whole process waits again; so a step is what happens between two
 * awaits.
 */

import { inFlight, real } from './boot.ts';
import { clock } from './clock.ts';
import { currentProcess, type SimProcess } from './processes.ts';
import type { Random } from './random.ts';
import { nextDueAt, takeDue } from './timers.ts';

interface Pending {
  process: SimProcess;
  label: string;
  isReady: () => boolean;
  go: () => void;
}

/** The longest time that passes with a step, in ms. */
const STEP_MS = 4;

export class Scheduler {
  readonly #random: Random;
  readonly #onStep: (line: string) => void;
  #pending: Pending[] = [];

  /** @param onStep receives a line for each step */
  constructor(random: Random, onStep: (line: string) => void) {
    this.#random = random;
    this.#onStep = onStep;
  }

  /** Waits until the scheduler continues the current process here. Never resolves if the process crashes before. */
  turn(label: string): Promise<void> {
    return new Promise((resolve) => this.add(label, resolve));
  }

  /** @param isReady whether it can be chosen */
  add(label: string, go: () => void, isReady: () => boolean = () => true): void {
    const process = currentProcess();
    this.#pending.push({ process, label, isReady, go: () => process.run(go) });
  }

  /** Lets one thing happen. @returns whether anything could */
  async step(): Promise<boolean> {
    this.#pending = this.#pending.filter(({ process }) => process.isAlive);
    const ready = this.#pending.filter(
      ({ process, isReady }) => process.frozenUntil <= clock.now && isReady(),
    );
    const next = ready.length > 0 ? this.#random.of(ready) : undefined;
    if (next) {
      clock.now += this.#random.next() * STEP_MS;
      this.#pending.splice(this.#pending.indexOf(next), 1);
      this.#onStep(`${Math.floor(clock.now)} ${next.process.name} ${next.label}`);
      next.go();
    } else {
      const dueAt = nextDueAt();
      if (dueAt === undefined) return false;
      clock.now = Math.max(clock.now, dueAt);
    }
    await this.settle();
    for (let due = takeDue(); due; due = takeDue()) {
      due();
      await this.settle();
    }
    return true;
  }

  /** Resolves when all code waits for the scheduler, or for a timer. */
  async settle(): Promise<void> {
    do await new Promise<void>((resolve) => real.setImmediate(resolve));
    while (inFlight.count > 0);
  }
}
