/** Which seats the user wants to see. The map, the keyboard, the lists and the best available seats all keep to it. */
import type { Seat } from '../../commands/schemas/resources.ts';

/** A seat as the map draws it. Halls can have categories, and seats for people with disabilities and their companions. */
export type MapSeat = Seat & {
  /** The index of its category in the schedule. */
  category?: number | undefined;
  kind?: 'accessible' | 'companion' | undefined;
};

export interface SeatFilter {
  /** The limits of the price of one seat, in points, both inclusive. */
  minPrice?: number | undefined;
  maxPrice?: number | undefined;
  section?: string | undefined;
}

/** All seats. */
export const NO_FILTER: SeatFilter = {};

export function isFiltering({ minPrice, maxPrice, section }: SeatFilter): boolean {
  return minPrice !== undefined || maxPrice !== undefined || section !== undefined;
}

export function isWanted(
  { minPrice = 0, maxPrice = Number.POSITIVE_INFINITY, section }: SeatFilter,
  seat: { price: number; section?: string | null },
): boolean {
  const isPriceWanted = seat.price >= minPrice && seat.price <= maxPrice;
  return isPriceWanted && (section === undefined || seat.section === section);
}

/** 1 for each seat that the filter leaves out, in the order of the seats. */
export function leftOut(filter: SeatFilter, seats: readonly Seat[]): Uint8Array {
  return Uint8Array.from(seats, (seat) => Number(!isWanted(filter, seat)));
}

/** Keeps the limits in order: the one that the user has just set counts. */
export function withPrice(
  filter: SeatFilter,
  limit: 'minPrice' | 'maxPrice',
  price: number | undefined,
): SeatFilter {
  const next = { ...filter, [limit]: price };
  const { minPrice, maxPrice } = next;
  if (minPrice === undefined || maxPrice === undefined || minPrice <= maxPrice) return next;
  return limit === 'minPrice' ? { ...next, maxPrice: minPrice } : { ...next, minPrice: maxPrice };
}
