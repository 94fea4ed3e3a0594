/** Computes a user's position in a waiting queue, from the counters alone. */
import type { QueueCounters } from '../../db/reads/queue/counters.ts';

/** The admission limits that apply to waiting users; times in ms. */
export interface QueueRate {
  admitLimit: number;
  admitWindowMs: number;
  maxActive: number;
  /** How long an admitted user stays active, unless a hold lasts longer. */
  queueTokenMs: number;
}

/**
 * The position of an entry. Numbers have no gaps and are admitted in order, so the position is exact if no user has
 * left the queue. Otherwise it may be too large, because an entry that left counts until the admission reaches its
 * number; it never exceeds the number of waiting users. Users whom the admission passed over come first.
 * @returns 1 for the next user to be admitted
 */
export function positionOf(
  number: number,
  { waiting, lastNumber, lastAdmitted, passedOver, firstWaiting }: QueueCounters,
): number {
  if (number > lastAdmitted) {
    // The counters may be older than the entry: `waiting` then lacks the users who entered since.
    const last = waiting + Math.max(0, number - lastNumber);
    return Math.max(1, Math.min(number - lastAdmitted + passedOver, last));
  }
  const fromFirst = firstWaiting === null ? 1 : number - firstWaiting + 1;
  return Math.max(1, Math.min(fromFirst, passedOver));
}

/** Presence is recorded for this many admission windows behind the last admitted number, and at least NEAR_FRONT_MIN. */
const NEAR_FRONT_WINDOWS = 10;
const NEAR_FRONT_MIN = 1000;

/** Whether an entry can be admitted within the next few windows, so that the presence of its user matters. */
export function isNearFront(
  number: number,
  { lastAdmitted }: QueueCounters,
  { admitLimit }: QueueRate,
): boolean {
  return number <= lastAdmitted + Math.max(NEAR_FRONT_MIN, NEAR_FRONT_WINDOWS * admitLimit);
}
