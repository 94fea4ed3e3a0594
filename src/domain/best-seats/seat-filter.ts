/** Which ranges of seats a request allows. The batch that locks seats and the rule that chooses them both ask here. */

export interface SeatFilter {
  /** The lowest price of one seat, in points; 0 if undefined. */
  priceMin?: number | undefined;
  /** The highest price of one seat, in points. */
  priceMax: number;
  /** The section that the seats must belong to; any section if undefined. */
  section?: string | undefined;
}

/** Whether a price, in points, lies within the limits; both are inclusive. */
export function isPriceWanted({ priceMin = 0, priceMax }: SeatFilter, price: number): boolean {
  return price >= priceMin && price <= priceMax;
}

export function isSectionWanted({ section }: SeatFilter, of: { section: string | null }): boolean {
  return section === undefined || of.section === section;
}
