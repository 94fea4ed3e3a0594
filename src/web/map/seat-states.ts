/** The states of seats as the map draws them: a code each, in the order of the seats. */
import type { SeatChange } from '../../client/index.ts';
import type { Seat } from '../../commands/resources.ts';

export const FREE = 0;
export const HELD = 1;
export const SOLD = 2;

const CODES: Readonly<Record<Seat['state'], number>> = { available: FREE, held: HELD, sold: SOLD };

/** Told the places of seats that have changed. */
export type ChangeListener = (places: readonly number[]) => void;

export class SeatStates {
  readonly seats: readonly Seat[];
  readonly codes: Uint8Array;
  readonly #placeOf: ReadonlyMap<number, number>;
  readonly #listeners = new Set<ChangeListener>();

  constructor(seats: readonly Seat[]) {
    this.seats = seats;
    this.codes = Uint8Array.from(seats, ({ state }) => CODES[state]);
    this.#placeOf = new Map(seats.map(({ id }, place) => [id, place]));
  }

  placeOf(seatId: number): number | undefined {
    return this.#placeOf.get(seatId);
  }

  isFree(place: number): boolean {
    return this.codes[place] === FREE;
  }

  /** Where somebody who comes by keyboard begins; the first seat where nothing is free. */
  get firstFree(): number {
    return Math.max(0, this.codes.indexOf(FREE));
  }

  change(changes: readonly SeatChange[]): void {
    const changed: number[] = [];
    for (const { seatId, state } of changes) {
      const place = this.#placeOf.get(seatId);
      if (place === undefined || this.codes[place] === CODES[state]) continue;
      this.codes[place] = CODES[state];
      changed.push(place);
    }
    this.#tell(changed);
  }

  /** @returns what ends it */
  listen(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(changed: readonly number[]): void {
    if (changed.length === 0) return;
    for (const listener of [...this.#listeners]) listener(changed);
  }
}
