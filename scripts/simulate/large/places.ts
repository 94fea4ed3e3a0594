/** The places of one queue of the simulated large sale: seats on a map, or areas that only count. */
import { chooseSeats } from './choose-seats.ts';
import type { QueuePlan } from './plan.ts';

/** Held places: seats by their numbers, or so many of an area. */
export type HeldPlaces = { seats: number[] } | { area: number; quantity: number };

/** What a user wants after a look at the map; undefined if all was taken. */
export type Wish = HeldPlaces | { best: number } | undefined;

export class Places {
  readonly #isFree: Uint8Array;
  readonly #areas: number[];

  constructor({ seats, areas }: QueuePlan) {
    this.#isFree = new Uint8Array(seats).fill(1);
    this.#areas = [...areas];
  }

  /** What a user decides on who sees the places as they are now. */
  wish(
    { quantity, takesBest }: { quantity: number; takesBest: boolean },
    random: () => number,
  ): Wish {
    if (this.#areas.length > 0) {
      const free = this.#areas.flatMap((left, area) => (left > 0 ? [area] : []));
      const area = free[Math.floor(random() * free.length)];
      if (area === undefined) return undefined;
      return { area, quantity: Math.min(quantity, this.#areas[area] as number) };
    }
    const seats = this.#choose(quantity, Math.floor(random() * this.#isFree.length));
    if (seats.length === 0) return undefined;
    return takesBest ? { best: seats.length } : { seats };
  }

  /** @returns undefined if somebody else was faster */
  take(wish: Exclude<Wish, undefined>): HeldPlaces | undefined {
    if ('area' in wish) {
      if ((this.#areas[wish.area] as number) < wish.quantity) return undefined;
      this.#areas[wish.area] = (this.#areas[wish.area] as number) - wish.quantity;
      return wish;
    }
    const seats = 'seats' in wish ? wish.seats : this.#choose(wish.best, 0);
    if ('best' in wish && seats.length < wish.best) return undefined;
    if (seats.some((seat) => this.#isFree[seat] === 0)) return undefined;
    for (const seat of seats) this.#isFree[seat] = 0;
    return { seats };
  }

  giveBack(held: HeldPlaces): void {
    if ('area' in held) this.#areas[held.area] = (this.#areas[held.area] as number) + held.quantity;
    else for (const seat of held.seats) this.#isFree[seat] = 1;
  }

  #choose(quantity: number, start: number): number[] {
    const { length: count } = this.#isFree;
    return chooseSeats({ count, isFree: (seat) => this.#isFree[seat] === 1 }, quantity, start);
  }
}

export function quantityOf(held: HeldPlaces): number {
  return 'area' in held ? held.quantity : held.seats.length;
}
