/** The rules for a draw, which decides the order of the waiting queue. */
import { type Decision, type Refusal, refuse } from './reasons.ts';

export interface DrawTimes {
  /** From then on users can enter the queue, and no user is admitted. */
  gathersAt: Date;
  /** Users who have entered by then take part; then the order is drawn and admission starts. */
  opensAt: Date;
}

/** The columns of an announced draw that the rules need. */
export interface AnnouncedDraw {
  concertId: number;
  queueId: number;
  gathersAt: Date;
  opensAt: Date;
  cancelledAt: Date | null;
  /** Since then it is settled who takes part; null in draws of older versions. */
  closedAt: Date | null;
  drawnAt: Date | null;
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

/**
 * Decides whether a draw can be announced: once for each concert and queue, and before `opensAt`. After a draw that was cancelled while
 * users gathered, only later users can be drawn: by announcing again, operators could otherwise choose among sets of users.
 */
export function decideDraw(input: {
  concertId: number;
  concertExists: boolean;
  /** Whether the concert has a draw in its queue that was not cancelled. */
  isAnnounced: boolean;
  /** As `cancelledWhileGathering` returns it. */
  cancelled: Pick<AnnouncedDraw, 'cancelledAt'> | undefined;
  times: DrawTimes;
  acceptedAt: Date;
}): Decision<DrawTimes> {
  const { concertId, times, acceptedAt } = input;
  if (!input.concertExists) return noSuchConcert(concertId);
  if (input.isAnnounced) {
    return refuse(
      'DRAW_ALREADY_ANNOUNCED',
      `A draw for concert ${concertId} is already announced.`,
    );
  }
  const refusal =
    refuseGatheringBefore(input.cancelled?.cancelledAt, times) ??
    refuseTimes(times, acceptedAt, times.gathersAt <= acceptedAt);
  return refusal ? { refusal } : { change: times };
}

/**
 * Decides whether the draw of a concert can be moved to other times, which it can until it starts. Once users gather, `gathersAt` stays:
 * who takes part depends on it, and those who entered before are ahead of all others.
 */
export function decideMovedDraw(input: {
  concertId: number;
  concertExists: boolean;
  draw: AnnouncedDraw | undefined;
  times: DrawTimes;
  acceptedAt: Date;
}): Decision<DrawTimes> {
  const { draw, times, acceptedAt } = input;
  const refusal =
    refuseChange(input) ??
    refuseGathering(draw?.gathersAt, times.gathersAt, acceptedAt) ??
    refuseTimes(times, acceptedAt, draw?.opensAt.getTime() !== times.opensAt.getTime());
  return refusal ? { refusal } : { change: times };
}

/** Decides whether the draw of a concert can be cancelled, which it can until it starts. */
export function decideCancelledDraw(input: {
  concertId: number;
  concertExists: boolean;
  draw: AnnouncedDraw | undefined;
  acceptedAt: Date;
  now: Date;
}): Decision<{ cancelledAt: Date }> {
  const refusal = refuseChange(input);
  return refusal ? { refusal } : { change: { cancelledAt: input.now } };
}

/**
 * The draw that operators mean by a concert: the one that is not held yet, in its queue if there is one, else one that
 * stayed in its former queue; else one that was held.
 */
export function drawOfConcert<Draw extends AnnouncedDraw>(
  draws: Iterable<Draw>,
  concert: { id: number; queueId: number } | undefined,
): Draw | undefined {
  const isAhead = ({ drawnAt }: Draw) => Number(drawnAt === null);
  const isInQueue = ({ queueId }: Draw) => Number(queueId === concert?.queueId);
  return [...draws]
    .filter((draw) => draw.concertId === concert?.id && !draw.cancelledAt)
    .toSorted((a, b) => isAhead(b) - isAhead(a) || isInQueue(b) - isInQueue(a))[0];
}

/**
 * The last draw of a concert in a queue that was cancelled after users had begun to gather. The next one has its seed, so that
 * no operator can choose among seeds by cancelling.
 */
export function cancelledWhileGathering<Draw extends AnnouncedDraw>(
  draws: Iterable<Draw>,
  { concertId, queueId }: Pick<AnnouncedDraw, 'concertId' | 'queueId'>,
): Draw | undefined {
  const cancelledAt = (draw: Draw) => draw.cancelledAt?.getTime() ?? 0;
  return [...draws]
    .filter((draw) => draw.concertId === concertId && draw.queueId === queueId)
    .filter((draw) => cancelledAt(draw) >= draw.gathersAt.getTime())
    .toSorted((a, b) => cancelledAt(b) - cancelledAt(a))[0];
}

/** Once its time has come a draw can neither be moved nor cancelled, so that no operator can undo a draw whose result they have computed. */
function refuseChange({
  concertId,
  concertExists,
  draw,
  acceptedAt,
}: {
  concertId: number;
  concertExists: boolean;
  draw: AnnouncedDraw | undefined;
  acceptedAt: Date;
}): Refusal | undefined {
  if (!concertExists) return noSuchConcert(concertId).refusal;
  if (!draw) return refuse('DRAW_NOT_FOUND', `Concert ${concertId} has no draw.`).refusal;
  if (!draw.closedAt && !draw.drawnAt && acceptedAt < draw.opensAt) return undefined;
  const opensAt = draw.opensAt.toISOString();
  return refuse('DRAW_ALREADY_STARTED', `The draw of concert ${concertId} started at ${opensAt}.`)
    .refusal;
}

function refuseGathering(before: Date | undefined, after: Date, now: Date): Refusal | undefined {
  if (before === undefined || before.getTime() === after.getTime()) return undefined;
  if (before <= now) {
    const detail = `Users gather since ${before.toISOString()}: only \`opensAt\` can be changed.`;
    return refuse('DRAW_ALREADY_GATHERING', detail).refusal;
  }
  if (after > now) return undefined;
  const detail = `\`gathersAt\` (${after.toISOString()}) is in the past.`;
  return refuse('DRAW_IN_THE_PAST', detail).refusal;
}

function refuseGatheringBefore(
  cancelledAt: Date | null | undefined,
  { gathersAt }: DrawTimes,
): Refusal | undefined {
  if (!cancelledAt || gathersAt >= cancelledAt) return undefined;
  const detail = `Users gathered for a draw that was cancelled at ${cancelledAt.toISOString()}: \`gathersAt\` must not be before.`;
  return refuse('DRAW_ALREADY_GATHERING', detail).refusal;
}

/** @param needsNotice whether `opensAt` must be `NOTICE_MINUTES` ahead */
function refuseTimes(
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

const noSuchConcert = (concertId: number) =>
  refuse('CONCERT_NOT_FOUND', `There is no concert ${concertId}.`);
