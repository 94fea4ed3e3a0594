/** How each seat looks now: its state, whether it is the user's, its category, and whether the filter leaves it out. */
import { leftOut, type MapSeat, type SeatFilter } from '../filter.ts';
import type { SeatStates } from '../seat-states.ts';
import { CATEGORIES_MAX } from './palette.ts';
import type { DrawnSeat, Look } from './seat-shape.ts';

/** The first four are indexed by the code of a state. */
const LOOKS: readonly Look[] = ['free', 'held', 'sold', 'blocked', 'dim', 'mine', 'chosen'];
const KINDS = [undefined, 'accessible', 'companion'] as const;

const [DIM, MINE, CHOSEN] = [4, 5, 6];

export class SeatLooks {
  readonly #states: SeatStates;
  readonly #tiers: Uint8Array;
  readonly #kinds: Uint8Array;
  #out: Uint8Array;
  #mine: ReadonlySet<number> = new Set();
  #chosen: ReadonlySet<number> = new Set();
  /** A number for each seat; equal numbers look the same, apart from the seat's number. */
  readonly styles: Uint8Array;

  /** @param tiers the category of each seat */
  constructor(states: SeatStates, tiers: Uint8Array) {
    const { seats } = states;
    this.#states = states;
    this.#tiers = tiers;
    this.#kinds = Uint8Array.from(seats as readonly MapSeat[], ({ kind }) => KINDS.indexOf(kind));
    this.#out = new Uint8Array(seats.length);
    this.styles = new Uint8Array(seats.length);
    this.updateAll();
  }

  /** @returns the seats that look different now */
  setOwn(mine: ReadonlySet<number>, chosen: ReadonlySet<number>): number[] {
    const changed = [...differencesOf(this.#mine, mine), ...differencesOf(this.#chosen, chosen)];
    [this.#mine, this.#chosen] = [mine, chosen];
    this.update(changed);
    return changed;
  }

  setFilter(filter: SeatFilter): void {
    this.#out = leftOut(filter, this.#states.seats);
    this.updateAll();
  }

  isLeftOut(index: number): boolean {
    return this.#out[index] === 1;
  }

  update(indexes: Iterable<number>): void {
    for (const index of indexes) this.styles[index] = this.#styleOf(index);
  }

  updateAll(): void {
    for (let index = 0; index < this.styles.length; index += 1) {
      this.styles[index] = this.#styleOf(index);
    }
  }

  #styleOf(index: number): number {
    const kind = this.#kinds[index] as number;
    const tier = this.#tiers[index] as number;
    return this.#lookOf(index) + LOOKS.length * (tier + CATEGORIES_MAX * kind);
  }

  #lookOf(index: number): number {
    if (this.#mine.has(index)) return MINE;
    if (this.#chosen.has(index)) return CHOSEN;
    const code = this.#states.codes[index] as number;
    return code === 0 && this.#out[index] === 1 ? DIM : code;
  }
}

/** What only one of the sets has. An operator who changes one seat of thousands must not have all of them drawn. */
function differencesOf(one: ReadonlySet<number>, other: ReadonlySet<number>): number[] {
  const onlyIn = (set: ReadonlySet<number>, without: ReadonlySet<number>) =>
    [...set].filter((index) => !without.has(index));
  return [...onlyIn(one, other), ...onlyIn(other, one)];
}

/** What a style means. @param number the number on the seat; 0 for none */
export function toDrawn(style: number, number = 0): DrawnSeat {
  const rest = Math.floor(style / LOOKS.length);
  return {
    look: LOOKS[style % LOOKS.length] as Look,
    tier: rest % CATEGORIES_MAX,
    kind: KINDS[Math.floor(rest / CATEGORIES_MAX)],
    number,
  };
}
