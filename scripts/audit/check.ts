/** One invariant of the database, and the SQL that several of them share. */

export interface Check {
  /** The promise, as a sentence. */
  promise: string;
  /** SQL for the number of rows that the check covers. */
  counted: string;
  /** SQL for the violations: one text column `wrong`, one row each. */
  wrong: string;
}

/** SQL for the id of the receipt of the command that created a row; a job id is the lane, `_`, and the id of the receipt. */
export const receiptOf = (jobId: string) =>
  `substring(${jobId} from position('_' in ${jobId}) + 1)`;

/** SQL: a time from which the receipt still exists. Receipts are pruned after 30 days, so older rows need not have one. */
export const recent = (time: string) => `${time} > now() - interval '29 days'`;
