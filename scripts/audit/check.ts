/** One invariant of the database. */

export interface Check {
  /** The promise, as a sentence. */
  promise: string;
  /** SQL for the number of rows that the check covers. */
  counted: string;
  /** SQL for the violations: one text column `wrong`, one row each. */
  wrong: string;
}
