/** The amount of points for which faulty-worker.ts throws an error. */
export const FAULTY_AMOUNT = 666;
