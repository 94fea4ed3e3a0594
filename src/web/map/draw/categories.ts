/** Which category each seat belongs to: that of the hall, or else its price. Categories are sorted by price, the lowest first. */
import { CATEGORIES_MAX as OF_HALL_MAX } from '../../../client/halls/limits.ts';
import type { MapSeat } from '../filter.ts';
import { CATEGORIES_MAX } from './palette.ts';

/** A category of the map: seats of one colour and mark. */
export interface Category {
  /** The index in the palette. */
  tier: number;
  /** The prices of its seats, in points. */
  from: number;
  to: number;
  /** The indexes of the hall's categories in it; empty if the hall has none. */
  ofHall: readonly number[];
}

export interface Categories {
  all: readonly Category[];
  /** The tier of each seat, in the order of the seats. */
  tiers: Uint8Array;
}

export function categoriesOf(seats: readonly MapSeat[]): Categories {
  const found = new Map<number, MapSeat>();
  // Numbers, because a text for each of 50,000 seats delays the first picture.
  const keys = seats.map(({ category = -1, price }) => price * (OF_HALL_MAX + 1) + category + 1);
  keys.forEach((key, index) => {
    if (!found.has(key)) found.set(key, seats[index] as MapSeat);
  });
  const ranked = [...found].sort(([, one], [, other]) => one.price - other.price);
  const count = Math.min(CATEGORIES_MAX, ranked.length);
  const tierOf = new Map(
    ranked.map(([key], rank) => [key, Math.floor((rank * count) / ranked.length)]),
  );
  const all = Array.from({ length: count }, (_, tier): Category => {
    const own = ranked.filter(([key]) => tierOf.get(key) === tier).map(([, seat]) => seat);
    const prices = own.map(({ price }) => price);
    return {
      tier,
      from: Math.min(...prices),
      to: Math.max(...prices),
      ofHall: own.flatMap(({ category }) => category ?? []),
    };
  });
  return { all, tiers: Uint8Array.from(keys, (key) => tierOf.get(key) ?? 0) };
}
