/** The states of all seats as numeric codes, in the order of the seats. An index refers to that order. */
import type { SeatChange } from '../../client/index.ts';
import type { Seat } from '../../commands/schemas/resources.ts';

export const FREE = 0;
export const HELD = 1;
export const SOLD = 2;

const CODES: Readonly<Record<Seat['state'], number>> = { available: FREE, held: HELD, sold: SOLD };

/** Receives the indexes of the changed seats. */
export type ChangeListener = (indexes: readonly number[]) => void;

export class SeatStates {
  readonly seats: readonly Seat[];
  readonly codes: Uint8Array;
  readonly #indexOf: ReadonlyMap<number, number>;
  readonly #listeners = new Set<ChangeListener>();

  constructor(seats: readonly Seat[]) {
    this.seats = seats;
    this.codes = Uint8Array.from(seats, ({ state }) => CODES[state]);
    this.#indexOf = new Map(seats.map(({ id }, index) => [id, index]));
  }

  indexOf(seatId: number): number | undefined {
    return this.#indexOf.get(seatId);
  }

  isFree(index: number): boolean {
    return this.codes[index] === FREE;
  }

  /** Where the keyboard focus starts: the first free seat, or the first seat if none is free. */
  get firstFree(): number {
    return Math.max(0, this.codes.indexOf(FREE));
  }

  change(changes: readonly SeatChange[]): void {
    const changed: number[] = [];
    for (const { seatId, state } of changes) {
      const index = this.#indexOf.get(seatId);
      if (index === undefined || this.codes[index] === CODES[state]) continue;
      this.codes[index] = CODES[state];
      changed.push(index);
    }
    this.#notify(changed);
  }

  /** @returns a function that unsubscribes the listener */
  subscribe(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #notify(changed: readonly number[]): void {
    if (changed.length === 0) return;
    for (const listener of [...this.#listeners]) listener(changed);
  }
}
