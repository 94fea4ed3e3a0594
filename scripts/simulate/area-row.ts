/**
 * The row of a simulated area: every batch that changes the area holds its lock until the commit, so that batches of all workers
 * take turns, in the order in which they ask.
 */
import type { Agenda } from './agenda.ts';
import { Station } from './station.ts';

export class AreaRow {
  /** The time during which the row is locked. */
  readonly locked = new Station();
  readonly #agenda: Agenda;
  readonly #waiting: (() => void)[] = [];
  /** Undefined while the row is free; in s. */
  #lockedSince: number | undefined;

  constructor(agenda: Agenda) {
    this.#agenda = agenda;
  }

  /** Calls `proceed` once the caller has the lock, at once if it is free. The caller calls `unlock` afterwards. */
  lock(proceed: () => void): void {
    if (this.#lockedSince !== undefined) {
      this.#waiting.push(proceed);
      return;
    }
    this.#lockedSince = this.#agenda.now;
    proceed();
  }

  unlock(): void {
    const since = this.#lockedSince ?? this.#agenda.now;
    this.locked.note(since, this.#agenda.now - since);
    this.#lockedSince = undefined;
    const next = this.#waiting.shift();
    if (next) this.lock(next);
  }
}
