/** The known states of a schedule's seats. It filters messages of the stream down to actual changes. */
import type { Seat } from '../resources.ts';

export type SeatState = Seat['state'];

export interface SeatChange {
  seatId: number;
  state: SeatState;
  /** Present if operators have blocked the seat, whose state is then `held`. */
  isBlocked?: true;
}

/** A change as the stream carries it. */
export type WireChange = readonly [seatId: number, state: SeatState, isBlocked?: true];

const STATES: readonly SeatState[] = ['available', 'held', 'sold', 'held'];
const BLOCKED_BITS = 3;

export class SeatStates {
  readonly #ids: readonly number[];
  readonly #known = new Map<number, SeatState | 'blocked'>();

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
      return toChange([seatId, STATES[bits] as SeatState], bits === BLOCKED_BITS);
    });
    return this.#keep(states);
  }

  /** @returns the seats whose state has changed */
  change(changes: readonly WireChange[]): SeatChange[] {
    return this.#keep(changes.map((each) => toChange(each, each[2] === true)));
  }

  #keep(states: readonly SeatChange[]): SeatChange[] {
    const changes = states.filter((each) => this.#known.get(each.seatId) !== nameOf(each));
    for (const each of changes) this.#known.set(each.seatId, nameOf(each));
    return changes;
  }
}

function nameOf({ state, isBlocked }: SeatChange): SeatState | 'blocked' {
  return isBlocked ? 'blocked' : state;
}

function toChange([seatId, state]: WireChange, isBlocked: boolean): SeatChange {
  return isBlocked ? { seatId, state, isBlocked: true } : { seatId, state };
}
