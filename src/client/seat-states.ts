/** The states of a schedule's seats as far as a client knows them, and what is new in what it is told. */
import type { Seat } from './resources.ts';

export type SeatState = Seat['state'];

export interface SeatChange {
  seatId: number;
  state: SeatState;
}

const STATES: readonly SeatState[] = ['available', 'held', 'sold'];

export class SeatStates {
  readonly #ids: readonly number[];
  readonly #known = new Map<number, SeatState>();

  /** @param ids in the order of the seat list */
  constructor(ids: readonly number[]) {
    this.#ids = ids;
  }

  /**
   * Takes all states at once.
   * @param packed two bits a seat in seat order, the first seat in the lowest bits, as base64
   */
  reset(packed: string): SeatChange[] {
    const bytes = atob(packed);
    const states = this.#ids.map((seatId, place): SeatChange => {
      const bits = (bytes.charCodeAt(place >> 2) >> (2 * (place & 3))) & 3;
      return { seatId, state: STATES[bits] ?? 'held' };
    });
    return this.#keep(states);
  }

  change(changes: readonly (readonly [seatId: number, state: SeatState])[]): SeatChange[] {
    return this.#keep(changes.map(([seatId, state]) => ({ seatId, state })));
  }

  #keep(told: readonly SeatChange[]): SeatChange[] {
    const changes = told.filter(({ seatId, state }) => this.#known.get(seatId) !== state);
    for (const { seatId, state } of changes) this.#known.set(seatId, state);
    return changes;
  }
}
