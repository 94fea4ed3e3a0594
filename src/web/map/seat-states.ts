/** The states of a schedule's seats in the browser: set at once from packed bits, then one by one. */
import type { Seat } from '../../commands/resources.ts';

export const FREE = 0;
export const HELD = 1;
export const SOLD = 2;

const CODES: Readonly<Record<Seat['state'], number>> = { available: FREE, held: HELD, sold: SOLD };

/** Reads two bits a seat, the first seat in the lowest bits of the first byte, from base64. */
export function unpackStates(packed: string, count: number): Uint8Array {
  const bytes = atob(packed);
  return Uint8Array.from({ length: count }, (_, place) => {
    return (bytes.charCodeAt(place >> 2) >> (2 * (place & 3))) & 3;
  });
}

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

  /** Takes all states as they are now. */
  reset(packed: string): void {
    const fresh = unpackStates(packed, this.codes.length);
    const changed: number[] = [];
    for (let place = 0; place < fresh.length; place += 1) {
      if (this.codes[place] !== fresh[place]) changed.push(place);
    }
    this.codes.set(fresh);
    this.#tell(changed);
  }

  change(changes: readonly [seatId: number, state: Seat['state']][]): void {
    const changed: number[] = [];
    for (const [seatId, state] of changes) {
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
