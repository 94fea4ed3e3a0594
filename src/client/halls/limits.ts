/** What a plan may have, as the API's schema says; a test keeps them equal. */

export const NAME_LENGTH_MAX = 60;
export const SEAT_NUMBER_MAX = 1_000_000;
export const SEATS_MAX = 50_000;
export const ROWS_MAX = 10_000;
export const CATEGORIES_MAX = 100;
export const SECTIONS_MAX = 1000;
export const POSITION_MAX = 100_000;

/** The space between two seats, and between two rows, that have no positions. */
export const SPACING = 20;
