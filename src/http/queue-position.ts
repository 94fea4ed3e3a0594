/** Where somebody stands in the waiting queue, and how long that will take: from the counters alone. */
import type { QueueCounters } from '../db/reads/queue.ts';

/** Users admitted per window, as far as the waiting ones are concerned; times in ms. */
export interface QueueRate {
  admitLimit: number;
  admitWindowMs: number;
  maxActive: number;
}

/**
 * Exact when nobody left, and never too small: numbers have no gaps and are admitted in order. Who was
 * passed over stands before all others.
 * @returns 1 for the next to be admitted
 */
export function positionOf(
  number: number,
  { lastAdmitted, passedOver, firstWaiting }: QueueCounters,
): number {
  if (number > lastAdmitted) return number - lastAdmitted + passedOver;
  const beforeMe = firstWaiting === null ? 1 : number - firstWaiting + 1;
  return Math.max(1, Math.min(beforeMe, passedOver));
}

/**
 * By the set rate, or by what was admitted in the last minute while the ceiling holds people back.
 * @returns in whole seconds
 */
export function estimateSeconds(
  position: number,
  { admitLimit, admitWindowMs, maxActive }: QueueRate,
  { active, admittedLastMinute }: QueueCounters,
): number {
  const setPerSecond = (admitLimit / admitWindowMs) * 1000;
  const isHeldBack = active >= maxActive && admittedLastMinute > 0;
  const perSecond = isHeldBack ? Math.min(setPerSecond, admittedLastMinute / 60) : setPerSecond;
  return Math.ceil(position / perSecond);
}
