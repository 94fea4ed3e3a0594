/** The type of a moment as a number. */

/** Milliseconds since 1970 (UTC). Durations in ms are plain numbers with a name that ends in `Ms`. */
export type EpochMs = number;
