/** The rules for entries of a waiting queue: entering, leaving, and the check of a queue token. */
import { type Decision, type Refusal, refuse } from './reasons.ts';

export interface QueueEntry {
  id: number;
  queueId: number;
  userId: number;
  state: 'waiting' | 'active' | 'ended';
  enteredAt: Date;
  expiresAt: Date | null;
  /** When the queue token was first used; null if it was not. */
  claimedAt: Date | null;
  /** Until when new orders can be placed; null in entries of older versions, which can while they are active. */
  bookingUntil: Date | null;
  endedAt: Date | null;
  endReason: 'left' | 'expired' | 'paid' | 'unclaimed' | 'away' | 'sold-out' | 'closed' | null;
}

/** More numbers than a queue ever assigns; with it, the ids of all queues stay below 2^53. */
const NUMBERS_PER_QUEUE = 2 ** 36;

/**
 * The id of an entry that gets this number when it is added. No number is assigned twice in a queue, so no id is given twice,
 * also after the entry was deleted: old orders and queue tokens name no other entry. A draw changes the number only.
 */
export function entryIdOf({ queueId, number }: { queueId: number; number: number }): number {
  return (queueId - 1) * NUMBERS_PER_QUEUE + number;
}

/** The queue of an entry, which its id tells. */
export function queueIdOf(entryId: number): number {
  return Math.floor((entryId - 1) / NUMBERS_PER_QUEUE) + 1;
}

/** Decides whether a user can enter the queue. An open entry is kept; a new one is refused when the queue is full. */
export function decideEntry(input: {
  queueId: number;
  open: QueueEntry | undefined;
  waiting: number;
  maxWaiting: number;
}): Decision<{ keep: QueueEntry } | { keep: undefined }> {
  if (input.open) return { change: { keep: input.open } };
  if (input.waiting >= input.maxWaiting) {
    const users = input.waiting === 1 ? '1 user is' : `${input.waiting} users are`;
    const detail = `The waiting queue is full: ${users} already waiting.`;
    return refuse('QUEUE_FULL', detail, { queueId: input.queueId });
  }
  return { change: { keep: undefined } };
}

/** Whether an active entry has reached its `expiresAt`. Its row may still be active: a timer ends it a moment later. */
export function isExpired(entry: QueueEntry, now: Date): boolean {
  return entry.state === 'active' && entry.expiresAt !== null && entry.expiresAt <= now;
}

/**
 * Decides whether a user can leave the queue. The entry ends at the time at which the command was accepted. One that still waits ends
 * at the close of a draw, if that was later: who takes part was settled then, and a late request must not change it.
 * @param drawClosedAt when the last draw of the queue closed
 */
export function decideLeave(input: {
  open: QueueEntry | undefined;
  acceptedAt: Date;
  drawClosedAt: Date | null;
}): Decision<Pick<QueueEntry, 'state' | 'endedAt' | 'endReason'>> {
  const { open, acceptedAt, drawClosedAt } = input;
  if (!open) return refuse('QUEUE_ENTRY_NOT_FOUND', 'You have no open entry in the queue.');
  const isAfterwards = open.state === 'waiting' && drawClosedAt && drawClosedAt > acceptedAt;
  const endedAt = isAfterwards ? drawClosedAt : acceptedAt;
  return { change: { state: 'ended', endedAt, endReason: 'left' } };
}

/**
 * Checks the entry of the queue token of a command that books. The entry must have been active when the command was
 * accepted: it does not matter if it expired, or ended with a payment, while the command was pending in its lane. An entry
 * that ended in the same millisecond counts as active, because the order of the two is unknown. From `bookingUntil` on the
 * entry lasts only for the payment of what is held with it.
 * @param queueId the queue that admits to what is booked; undefined if that does not exist
 * @returns the refusal, or undefined if the token is good
 */
export function refuseBookingToken(
  entry: QueueEntry | undefined,
  {
    userId,
    queueId,
    acceptedAt,
  }: { userId: number; queueId: number | undefined; acceptedAt: Date },
): Refusal | undefined {
  if (!entry || entry.userId !== userId || !isActiveAt(entry, acceptedAt)) return notActive;
  const until = entry.bookingUntil;
  if (until && acceptedAt >= until) {
    const detail = `Your time to book ended at ${until.toISOString()}. What you hold can still be paid.`;
    return refuse('QUEUE_TOKEN_INVALID', detail).refusal;
  }
  return queueId === undefined || queueId === entry.queueId ? undefined : wrongQueue(queueId);
}

/**
 * Checks the entry of the queue token of a command that pays an order. The entry must have been active when the command was
 * accepted, and be one of the queue under which the order was placed; or be the very entry of the order, unless the user has
 * left the queue: so whoever holds can pay, even if the entry ended a moment before the hold was written.
 * @param order undefined if it does not exist
 * @returns the refusal, or undefined if the token is good
 */
export function refusePaymentToken(
  entry: QueueEntry | undefined,
  order: { entryId: number | null; queueId: number } | undefined,
  userId: number,
  acceptedAt: Date,
): Refusal | undefined {
  if (!entry || entry.userId !== userId) return notActive;
  if (entry.id === order?.entryId && entry.endReason !== 'left') return undefined;
  if (!isActiveAt(entry, acceptedAt)) return notActive;
  return order && order.queueId !== entry.queueId ? wrongQueue(order.queueId) : undefined;
}

function wrongQueue(queueId: number): Refusal {
  const detail = `The queue token is of another queue. Enter queue ${queueId}.`;
  return refuse('QUEUE_TOKEN_WRONG_QUEUE', detail, { queueId }).refusal;
}

const notActive = refuse('QUEUE_TOKEN_INVALID', 'The queue token is no longer active.').refusal;

/**
 * What changes of an active entry when an order is placed with it: it lasts at least as long as the hold, and is claimed.
 * @returns the change, or undefined if there is none
 */
export function extendEntry(
  entry: QueueEntry,
  holdExpiresAt: Date,
  now: Date,
): Pick<QueueEntry, 'expiresAt' | 'claimedAt'> | undefined {
  if (entry.state !== 'active' || !entry.expiresAt) return undefined;
  if (entry.expiresAt >= holdExpiresAt && entry.claimedAt) return undefined;
  const expiresAt = entry.expiresAt > holdExpiresAt ? entry.expiresAt : holdExpiresAt;
  return { expiresAt, claimedAt: entry.claimedAt ?? now };
}

/**
 * Whether a payment ends the entry under which the order was placed: not while the user holds another order with it. Then
 * the payment of the last one ends it.
 * @param others the other held orders of the entry
 */
export function endsWithPayment(
  entry: QueueEntry,
  others: readonly { holdExpiresAt: Date }[],
  now: Date,
): boolean {
  return entry.state === 'active' && others.every(({ holdExpiresAt }) => holdExpiresAt <= now);
}

function isActiveAt(entry: QueueEntry, moment: Date): boolean {
  if (!entry.expiresAt || moment >= entry.expiresAt) return false;
  return entry.state === 'active' || (entry.endedAt !== null && moment <= entry.endedAt);
}
