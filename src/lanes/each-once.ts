/**
 * Texts without their repetitions: a thousand refusals of one seat say the same, and are sent, kept in line and
 * parsed once.
 * @returns the different texts, and for each given one its place among them
 */
export function eachOnce(texts: readonly string[]): { once: string[]; places: number[] } {
  const placeOf = new Map<string, number>();
  const places = texts.map((text) => {
    const known = placeOf.get(text);
    if (known !== undefined) return known;
    placeOf.set(text, placeOf.size);
    return placeOf.size - 1;
  });
  return { once: [...placeOf.keys()], places };
}
