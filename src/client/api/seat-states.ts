/** The known states of a schedule's seats. It filters messages of the stream down to actual changes. */
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
   * Replaces all states.
   * @param packed base64 of two bits per seat in seat order, the first seat in the lowest bits
   * @returns the seats whose state has changed
   */
  reset(packed: string): SeatChange[] {
    const bytes = atob(packed);
    const states = this.#ids.map((seatId, index): SeatChange => {
      const bits = (bytes.charCodeAt(index >> 2) >> (2 * (index & 3))) & 3;
      return { seatId, state: STATES[bits] ?? 'held' };
    });
    return this.#keep(states);
  }

  /** @returns the seats whose state has changed */
  change(changes: readonly (readonly [seatId: number, state: SeatState])[]): SeatChange[] {
    return this.#keep(changes.map(([seatId, state]) => ({ seatId, state })));
  }

  #keep(states: readonly SeatChange[]): SeatChange[] {
    const changes = states.filter(({ seatId, state }) => this.#known.get(seatId) !== state);
    for (const { seatId, state } of changes) this.#known.set(seatId, state);
    return changes;
  }
}
