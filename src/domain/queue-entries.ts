/** The rules for entries of the waiting queue: entering, leaving, and the check of a queue token. */
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

/** Decides whether a user can enter the queue. An open entry is kept; a new one is refused when the queue is full. */
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

/** Whether an active entry has reached its `expiresAt`. Its row may still be active: a timer ends it a moment later. */
export function isExpired(entry: QueueEntry, now: Date): boolean {
  return entry.state === 'active' && entry.expiresAt !== null && entry.expiresAt <= now;
}

/** Decides whether a user can leave the queue. The entry ends at the time at which the command was accepted. */
export function decideLeave(input: {
  open: QueueEntry | undefined;
  acceptedAt: Date;
}): Decision<Pick<QueueEntry, 'state' | 'endedAt' | 'endReason'>> {
  if (!input.open) return refuse('QUEUE_ENTRY_NOT_FOUND', 'You have no open entry in the queue.');
  return { change: { state: 'ended', endedAt: input.acceptedAt, endReason: 'left' } };
}

/**
 * Checks the entry of a queue token. The entry must have been active when the command was accepted: it does not matter
 * if it expired, or ended with a payment, while the command was pending in its lane. An entry that ended in the same
 * millisecond counts as active, because the order of the two is unknown; so the second of two payments in one batch is
 * refused with PAYMENT_ALREADY_PROCESSED, not because of its queue token.
 * @returns the refusal, or undefined if the token is good
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
