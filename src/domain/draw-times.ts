/** The times of a draw: how far ahead they may be, and that those of two draws of a queue do not overlap. */
import { type Refusal, refuse } from './reasons.ts';

export interface DrawTimes {
  /** From then on no user is admitted. */
  gathersAt: Date;
  /** Users who enter from `gathersAt` until then take part; then the order is drawn, and the admission continues. */
  opensAt: Date;
}

/** A draw stops the admission and keeps its seed, so a time far ahead is a mistake. */
const AHEAD_DAYS_MAX = 30;
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * So long before `opensAt` operators have settled it, if users may have gathered already. Somebody who knows the seed can compute the
 * order of those who have entered; so no operator may close the set at the moment when that order suits them.
 */
const NOTICE_MINUTES = 10;
const MINUTE_MS = 60 * 1000;

/** @param needsNotice whether `opensAt` must be `NOTICE_MINUTES` ahead */
export function refuseTimes(
  { opensAt }: DrawTimes,
  acceptedAt: Date,
  needsNotice: boolean,
): Refusal | undefined {
  const given = `\`opensAt\` (${opensAt.toISOString()})`;
  const aheadMs = opensAt.getTime() - acceptedAt.getTime();
  if (aheadMs <= 0) return refuse('DRAW_IN_THE_PAST', `${given} is in the past.`).refusal;
  if (needsNotice && aheadMs < NOTICE_MINUTES * MINUTE_MS) {
    const detail = `${given} is less than ${NOTICE_MINUTES} minutes ahead.`;
    return refuse('DRAW_TOO_SOON', detail).refusal;
  }
  if (aheadMs <= AHEAD_DAYS_MAX * DAY_MS) return undefined;
  return refuse('DRAW_TOO_FAR_AHEAD', `${given} is more than ${AHEAD_DAYS_MAX} days ahead.`)
    .refusal;
}

/** The times of a draw, and whose it is. */
export interface TimedDraw extends DrawTimes {
  concertId: number;
}

/**
 * Refuses times during which another draw of the queue gathers. If a draw gathered after another and opened before it, its users would
 * come ahead of those of the other, who entered earlier. One may begin to gather when the other opens.
 * @param others the other draws of the queue that are neither held nor cancelled
 */
export function refuseOverlap(
  { concertId, gathersAt, opensAt }: TimedDraw,
  others: readonly TimedDraw[],
): Refusal | undefined {
  const other = others.find((each) => gathersAt < each.opensAt && each.gathersAt < opensAt);
  if (!other) return undefined;
  const [from, to] = [other.gathersAt.toISOString(), other.opensAt.toISOString()];
  const detail = `The draw of concert ${concertId} would overlap that of concert ${other.concertId} in the same queue, which gathers from ${from} to ${to}.`;
  return refuse('DRAW_ALREADY_ANNOUNCED', detail).refusal;
}
