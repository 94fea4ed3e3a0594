/** Computes a user's position in a waiting queue from its line, and estimates the wait. */
import type { QueueCounters } from '../../db/reads/queue/counters.ts';
import type { QueueLine } from './line.ts';

/** The admission limits that apply to waiting users; times in ms. */
export interface QueueRate {
  admitLimit: number;
  admitWindowMs: number;
  maxActive: number;
  /** How long an admitted user stays active, unless a hold lasts longer. */
  queueTokenMs: number;
}

/**
 * The position of a waiting entry: exact as of the last read of the line. While a draw gives out numbers, a user can have two of
 * them for a moment; so the position never exceeds the number of waiting users.
 * @returns 1 for the next user to be admitted
 */
export function positionOf(
  number: number,
  line: QueueLine,
  { waiting, lastNumber }: QueueCounters,
): number {
  // The counters may be older than the entry: `waiting` then lacks the users who entered since.
  const last = waiting + Math.max(0, number - lastNumber);
  return Math.max(1, Math.min(line.inLineBefore(number) + 1, last));
}

/** How many waiting users are not in the line, because they have stopped polling. */
export function passedOver(line: QueueLine, { waiting, lastNumber }: QueueCounters): number {
  return Math.max(0, waiting - line.inLineBefore(lastNumber + 1));
}

/**
 * Estimates the wait from the configured rate. While `maxActive` is reached, the estimate uses the higher of two
 * rates, but at most the configured one: the admissions of the last minute, and `maxActive` per `queueTokenMs`.
 * @returns whole seconds
 */
export function estimateSeconds(
  position: number,
  { admitLimit, admitWindowMs, maxActive, queueTokenMs }: QueueRate,
  { active, admittedLastMinute }: QueueCounters,
): number {
  const configuredPerSecond = (admitLimit / admitWindowMs) * 1000;
  const expiriesPerSecond = (maxActive / queueTokenMs) * 1000;
  const perSecond =
    active >= maxActive
      ? Math.min(configuredPerSecond, Math.max(admittedLastMinute / 60, expiriesPerSecond))
      : configuredPerSecond;
  return Math.ceil(position / perSecond);
}

/** This many admission windows are near the front of the line, and at least NEAR_FRONT_MIN users. */
const NEAR_FRONT_WINDOWS = 10;
const NEAR_FRONT_MIN = 1000;

/** Whether a user can be admitted within the next few windows, so that it matters whether the user polls now. */
export function isNearFront(position: number, { admitLimit }: QueueRate): boolean {
  return position <= Math.max(NEAR_FRONT_MIN, NEAR_FRONT_WINDOWS * admitLimit);
}
