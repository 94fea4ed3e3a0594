/** The plural of English nouns. */

/** `s` unless the count is one. */
export const s = (count: number) => (count === 1 ? '' : 's');
