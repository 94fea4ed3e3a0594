/** The public representation of a job. */
import type { z } from 'zod';
import { bookSeat } from '../../commands/bookings/book-seat.ts';
import { bookSeats } from '../../commands/bookings/book-seats.ts';
import { cancelBooking } from '../../commands/bookings/cancel-booking.ts';
import { payBooking } from '../../commands/bookings/pay-booking.ts';
import { HOUSE_QUEUE, type Succeeded } from '../../commands/command.ts';
import { createConcert } from '../../commands/concerts/create-concert.ts';
import type { EpochMs } from '../../commands/epoch-ms.ts';
import { announceDraw } from '../../commands/queue/announce-draw.ts';
import { enterQueue } from '../../commands/queue/enter-queue.ts';
import { leaveQueue } from '../../commands/queue/leave-queue.ts';
import { setAdmission } from '../../commands/queue/set-admission.ts';
import { resultOf, type StoredResult } from '../../commands/result-of.ts';
import type { QueueEntryOutcome } from '../../commands/schemas/resources.ts';
import { openGate } from '../../commands/tickets/open-gate.ts';
import type { CommandStatus } from '../../lanes/command-status.ts';
import type { AccessTokens, Caller } from '../auth/access-tokens.ts';
import { issueGateToken } from '../auth/gate-tokens.ts';
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
    result: isDone ? await presentResult(deps, { ...status, ...reader }, outcome) : null,
    problem: outcome && !isDone ? outcomeProblem(outcome.problem) : null,
    createdAt: new Date(finished?.firstAcceptedAt ?? status.acceptedAt).toISOString(),
    finishedAt: finished ? new Date(finished.finishedAt).toISOString() : null,
  };
}

/**
 * Completes results with current data, because a receipt holds the queue entry only as it was when the command ran; and with the
 * fields that receipts of older versions lack. They name no queue, because there was only the house queue.
 */
async function presentResult(
  { queueEntries, performances, ...deps }: JobResourceDeps,
  { command: name, subject, isAdmin }: CommandStatus & Pick<Caller, 'isAdmin'>,
  outcome: Succeeded,
): Promise<JobResource['result']> {
  const named = { name, outcome };
  const left = resultOf(leaveQueue, named);
  if (left) return queueEntries.present(toEntry(left), subject);
  const entered = resultOf(enterQueue, named);
  if (entered) return queueEntries.presentNow(toEntry(entered), subject);
  const ofQueue =
    resultOf(announceDraw, named) ??
    resultOf(createConcert, named) ??
    resultOf(setAdmission, named);
  if (ofQueue) return { queueId: HOUSE_QUEUE, ...ofQueue };
  const booking = resultOf(bookSeat, named) ?? resultOf(cancelBooking, named);
  if (booking) return { ...(await performances.complete(booking)) };
  const booked = resultOf(bookSeats, named);
  if (booked) {
    const bookings = booked.bookings.map((each) => performances.complete(each));
    return { ...booked, bookings: await Promise.all(bookings) };
  }
  // The token is in no receipt: it is issued to the operator who reads the outcome, as long as they are one.
  const gate = resultOf(openGate, named);
  if (gate) return { ...gate, ...(isAdmin ? await issueGateToken(deps, gate) : NO_TOKEN) };
  const payment = resultOf(payBooking, named);
  if (payment) return { areaId: null, ...payment };
  return { ...outcome.result };
}

type StoredEntry = StoredResult<QueueEntryOutcome, 'id' | 'queueId'>;

/** Receipts of older versions are of the house queue, whose old entries have their number as the id. */
function toEntry(entry: StoredEntry): QueueEntryOutcome {
  return { ...entry, queueId: entry.queueId ?? HOUSE_QUEUE, id: entry.id ?? entry.number };
}
