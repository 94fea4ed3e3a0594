/** The rules of the waiting queue: who gets a place, who may leave it, whose place admits to booking. */
import { type Decision, type Refusal, refuse } from './reasons.ts';

export interface QueueEntry {
  number: number;
  userId: number;
  state: 'waiting' | 'active' | 'ended';
  enteredAt: Date;
  expiresAt: Date | null;
  endedAt: Date | null;
  endReason: 'left' | 'expired' | 'paid' | 'unclaimed' | null;
}

/** Entering: a user who has a place keeps it; a newcomer is refused when too many wait. */
export function decideEntry(input: {
  open: QueueEntry | undefined;
  waiting: number;
  maxWaiting: number;
}): Decision<{ keep: QueueEntry } | { keep: undefined }> {
  if (input.open) return { change: { keep: input.open } };
  if (input.waiting >= input.maxWaiting) {
    const users = input.waiting === 1 ? '1 user is' : `${input.waiting} users are`;
    return refuse('QUEUE_FULL', `The waiting queue is full: ${users} already waiting.`);
  }
  return { change: { keep: undefined } };
}

/** A session that has run out is over, whether or not anybody has ended it yet. */
export function isRunOut(entry: QueueEntry, now: Date): boolean {
  return entry.state === 'active' && entry.expiresAt !== null && entry.expiresAt <= now;
}

/** Leaving frees the place at the moment at which the user said so. */
export function decideLeave(input: {
  open: QueueEntry | undefined;
  acceptedAt: Date;
}): Decision<Pick<QueueEntry, 'state' | 'endedAt' | 'endReason'>> {
  if (!input.open) return refuse('QUEUE_ENTRY_NOT_FOUND', 'You have no place in the queue.');
  return { change: { state: 'ended', endedAt: input.acceptedAt, endReason: 'left' } };
}

/**
 * Whether a queue token's place admits to booking. It is judged at the time at which the command was
 * accepted: a session that ran out, or ended with a payment, while the command waited in its lane
 * does not count against the buyer. Nor does an end in the very millisecond of the acceptance, of which nobody can say
 * which was first: of two payments in one batch the second hears of the first, not of the queue.
 */
export function refuseQueueToken(
  entry: QueueEntry | undefined,
  userId: number,
  acceptedAt: Date,
): Refusal | undefined {
  if (entry && entry.userId === userId && isActiveAt(entry, acceptedAt)) return undefined;
  return refuse('QUEUE_TOKEN_INVALID', 'The queue token is no longer active.').refusal;
}

function isActiveAt(entry: QueueEntry, moment: Date): boolean {
  if (!entry.expiresAt || moment >= entry.expiresAt) return false;
  return entry.state === 'active' || (entry.endedAt !== null && moment <= entry.endedAt);
}
