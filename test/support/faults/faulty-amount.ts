/** The amount of points at which faulty-worker.ts throws. */
export const FAULTY_AMOUNT = 666;
