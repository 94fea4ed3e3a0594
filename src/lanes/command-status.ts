/** What is known of a command by its job id, from wherever it is known. */
import type { FinishedOutcome, Outcome } from '../commands/command.ts';
import type { Receipt } from '../db/reads/receipts.ts';

/** A command and what has come of it so far. */
export interface CommandStatus {
  jobId: string;
  command: string;
  subject: string;
  acceptedAt: Date;
  /** Present once it has finished. */
  finished?: FinishedOutcome;
  isRunning: boolean;
}

/** From the receipt, which stays when Redis has dropped the job. */
export function fromReceipt(jobId: string, receipt: Receipt): CommandStatus {
  const { state, result, problem } = receipt;
  const outcome = (state === 'succeeded' ? { state, result } : { state, problem }) as Outcome;
  return {
    jobId,
    command: receipt.command,
    subject: receipt.subject,
    acceptedAt: receipt.acceptedAt,
    isRunning: false,
    finished: { outcome, finishedAt: receipt.finishedAt.getTime() },
  };
}
