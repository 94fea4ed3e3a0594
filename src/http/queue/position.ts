/** Where somebody stands in the waiting queue, and how long that will take: from the counters alone. */
import type { QueueCounters } from '../../db/reads/queue.ts';

/** Users admitted per window, as far as the waiting ones are concerned; times in ms. */
export interface QueueRate {
  admitLimit: number;
  admitWindowMs: number;
  maxActive: number;
  /** How long an admitted session lasts at most. */
  queueTokenMs: number;
}

/**
 * Exact when nobody left, and never too small: numbers have no gaps and are admitted in order. Those who left ahead of
 * a user are counted until they would have been reached, but nobody stands further back than as many as wait. Users who
 * were passed over stand before all others.
 * @returns 1 for the next to be admitted
 */
export function positionOf(
  number: number,
  { waiting, lastNumber, lastAdmitted, passedOver, firstWaiting }: QueueCounters,
): number {
  if (number > lastAdmitted) {
    // The counters may be older than the number: those who came since are not among the waiting.
    const last = waiting + Math.max(0, number - lastNumber);
    return Math.max(1, Math.min(number - lastAdmitted + passedOver, last));
  }
  const beforeMe = firstWaiting === null ? 1 : number - firstWaiting + 1;
  return Math.max(1, Math.min(beforeMe, passedOver));
}

/**
 * By the set rate. While the ceiling holds users back, by what was admitted in the last minute, or by the ends of the
 * sessions where that is more: each of them ends after `queueTokenMs` at the latest.
 * @returns in whole seconds
 */
export function estimateSeconds(
  position: number,
  { admitLimit, admitWindowMs, maxActive, queueTokenMs }: QueueRate,
  { active, admittedLastMinute }: QueueCounters,
): number {
  const setPerSecond = (admitLimit / admitWindowMs) * 1000;
  const endsPerSecond = (maxActive / queueTokenMs) * 1000;
  const perSecond =
    active >= maxActive
      ? Math.min(setPerSecond, Math.max(admittedLastMinute / 60, endsPerSecond))
      : setPerSecond;
  return Math.ceil(position / perSecond);
}
