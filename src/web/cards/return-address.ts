/** The way back from a payment page: it sends the buyer to this page, with `checkoutId` in the query. */

/** The address to return to: this page, without its query and its view. */
export function returnUrlOf({ origin, pathname }: Pick<Location, 'origin' | 'pathname'>): string {
  return origin + pathname;
}

/** The checkout from which the buyer has just returned; undefined if there is none. @param search the query of the address */
export function returnedCheckout(search: string): number | undefined {
  const given = new URLSearchParams(search).get('checkoutId') ?? '';
  return /^[1-9]\d{0,15}$/.test(given) ? Number(given) : undefined;
}
