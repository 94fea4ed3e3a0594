/** The status of a command, from its job in Redis or its receipt in PostgreSQL. */
import type { FinishedOutcome, Outcome } from '../commands/command.ts';
import type { Receipt } from '../db/reads/receipts.ts';

/** A command and, once finished, its outcome. */
export interface CommandStatus {
  jobId: string;
  command: string;
  subject: string;
  acceptedAt: Date;
  /** Present once it has finished. */
  finished?: FinishedOutcome;
  isRunning: boolean;
}

/** Builds the status from the receipt, which remains after Redis has dropped the job. */
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
