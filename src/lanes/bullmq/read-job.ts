/** Converts between BullMQ's job fields and a command's status and outcome. */
import type { Job } from 'bullmq';
import {
  type AcceptedCommand,
  COMMAND_FAILED,
  type FinishedOutcome,
} from '../../commands/command.ts';
import type { CommandStatus } from '../command-status.ts';
import type { FinishedJob } from '../lane-queue.ts';
import { outcomeJsonOf } from '../outcome-json.ts';

/** A command as stored in its job. Older versions stored the queue entry as its number, which is the id of such an entry. */
export function toAccepted(data: string): AcceptedCommand {
  const { queueNumber, ...accepted } = JSON.parse(data) as AcceptedCommand & {
    queueNumber?: number;
  };
  return queueNumber === undefined ? accepted : { entryId: queueNumber, ...accepted };
}

export function toStatus(job: Job<AcceptedCommand, FinishedOutcome>): CommandStatus {
  const finished = finishedOf(job);
  return {
    jobId: job.id as string,
    command: job.name,
    subject: job.data.subject,
    acceptedAt: new Date(job.data.acceptedAt),
    isRunning: job.processedOn !== undefined,
    ...(finished && { finished }),
  };
}

function finishedOf(job: Job<AcceptedCommand, FinishedOutcome>): FinishedOutcome | undefined {
  if (job.finishedOn === undefined) return undefined;
  if (job.failedReason) return { outcome: COMMAND_FAILED, finishedAt: job.finishedOn };
  return job.returnvalue;
}

/**
 * Where BullMQ stores a job's outcome: the set of finished jobs, the job's field and its value. A failed job has a field for its reason
 * only, so its times are those of its job.
 */
export function toResult({
  outcome,
  finishedAt,
  firstAcceptedAt,
}: FinishedJob): [set: string, field: string, value: string] {
  if (outcome.state === 'failed') return ['failed', 'failedReason', outcome.problem.detail];
  const first = firstAcceptedAt === undefined ? '' : `,"firstAcceptedAt":${firstAcceptedAt}`;
  const value = `{"outcome":${outcomeJsonOf(outcome)},"finishedAt":${finishedAt}${first}}`;
  return ['completed', 'returnvalue', value];
}
