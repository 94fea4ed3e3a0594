/** The states of all seats as numeric codes, in the order of the seats. An index refers to that order. */
import type { SeatChange } from '../../client/index.ts';
import type { Seat } from '../../commands/schemas/resources.ts';

export const FREE = 0;
export const HELD = 1;
export const SOLD = 2;
/** Held, because operators have blocked it. */
export const BLOCKED = 3;

const CODES: Readonly<Record<Seat['state'], number>> = { available: FREE, held: HELD, sold: SOLD };

function codeOf({ state, isBlocked }: Pick<Seat, 'state' | 'isBlocked'>): number {
  return isBlocked ? BLOCKED : CODES[state];
}

/** Receives the indexes of the changed seats. */
export type ChangeListener = (indexes: readonly number[]) => void;

export class SeatStates {
  readonly seats: readonly Seat[];
  readonly codes: Uint8Array;
  #indexes: ReadonlyMap<number, number> | undefined;
  readonly #listeners = new Set<ChangeListener>();

  constructor(seats: readonly Seat[]) {
    this.seats = seats;
    this.codes = Uint8Array.from(seats, codeOf);
  }

  indexOf(seatId: number): number | undefined {
    // Made when it is first needed, which is after the first picture.
    this.#indexes ??= new Map(this.seats.map(({ id }, index) => [id, index]));
    return this.#indexes.get(seatId);
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
    for (const change of changes) {
      const index = this.indexOf(change.seatId);
      const code = codeOf(change);
      if (index === undefined || this.codes[index] === code) continue;
      this.codes[index] = code;
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
