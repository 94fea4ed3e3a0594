/** The public representation of a job. */
import type { z } from 'zod';
import { HOUSE_QUEUE } from '../../commands/command.ts';
import type { EpochMs } from '../../commands/epoch-ms.ts';
import type { QueueEntryOutcome } from '../../commands/schemas/resources.ts';
import type { CommandStatus } from '../../lanes/command-status.ts';
import type { AccessTokens, Caller } from '../auth/access-tokens.ts';
import { issueGateToken, type OpenedGate } from '../auth/gate-tokens.ts';
import { outcomeProblem } from '../problems/problems.ts';
import type { QueueEntries } from '../queue/entries.ts';
import type { Performances } from '../reads/performances.ts';
import type { jobSchema } from '../schemas.ts';

const NO_TOKEN = { accessToken: null };

export type JobResource = z.infer<typeof jobSchema>;

export interface JobResourceDeps {
  queueEntries: QueueEntries;
  performances: Performances;
  accessTokens: AccessTokens;
  /** In ms since 1970. */
  now(): EpochMs;
}

/** The commands whose result is one or several bookings. */
const BOOKING_COMMANDS: ReadonlySet<string> = new Set([
  'book-seat',
  'book-seats',
  'cancel-booking',
]);

/** The other commands whose result names a queue. Receipts of older versions name none: there was only the house queue. */
const QUEUE_COMMANDS: ReadonlySet<string> = new Set([
  'announce-draw',
  'create-concert',
  'set-admission',
]);

/**
 * Converts a command's status into its public representation.
 * @param reader who reads it: the user of the command, perhaps with another role than when they sent it
 */
export async function toJob(
  deps: JobResourceDeps,
  status: CommandStatus,
  reader: Pick<Caller, 'isAdmin'>,
): Promise<JobResource> {
  const { finished } = status;
  const outcome = finished?.outcome;
  const isDone = outcome?.state === 'succeeded';
  return {
    id: status.jobId,
    command: status.command,
    state: outcome?.state ?? (status.isRunning ? 'running' : 'queued'),
    result: isDone ? await presentResult(deps, { ...status, ...reader }, outcome.result) : null,
    problem: outcome && !isDone ? outcomeProblem(outcome.problem) : null,
    createdAt: new Date(finished?.firstAcceptedAt ?? status.acceptedAt).toISOString(),
    finishedAt: finished ? new Date(finished.finishedAt).toISOString() : null,
  };
}

/** Completes results with current data: a receipt holds the queue entry only as it was when the command ran. */
async function presentResult(
  { queueEntries, performances, ...deps }: JobResourceDeps,
  { command, subject, isAdmin }: CommandStatus & Pick<Caller, 'isAdmin'>,
  result: object,
): Promise<JobResource['result']> {
  if (command === 'leave-queue') return queueEntries.present(toEntry(result), subject);
  if (command === 'enter-queue') return queueEntries.presentNow(toEntry(result), subject);
  if (QUEUE_COMMANDS.has(command)) return { queueId: HOUSE_QUEUE, ...result };
  if (BOOKING_COMMANDS.has(command)) return { ...(await performances.complete(result)) };
  // The token is in no receipt: it is issued to the operator who reads the outcome, as long as they are one.
  if (command === 'open-gate') {
    const token = isAdmin ? await issueGateToken(deps, result as OpenedGate) : NO_TOKEN;
    return { ...result, ...token };
  }
  // Results of older versions do not name the area.
  if (command === 'pay-booking') return { areaId: null, ...result };
  return { ...result };
}

/** Receipts of older versions are of the house queue, whose old entries have their number as the id. */
function toEntry(result: object): QueueEntryOutcome {
  const entry = result as QueueEntryOutcome;
  return { ...entry, queueId: entry.queueId ?? HOUSE_QUEUE, id: entry.id ?? entry.number };
}
