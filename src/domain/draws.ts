/** The rules for a draw, which decides the order of the waiting queue. */
import { type DrawTimes, refuseOverlap, refuseTimes } from './draw-times.ts';
import { noSuchConcert } from './not-found.ts';
import { type Decision, type Refusal, refuse } from './reasons.ts';

/** The columns of an announced draw that the rules need. */
export interface AnnouncedDraw extends DrawTimes {
  concertId: number;
  queueId: number;
  cancelledAt: Date | null;
  /** Since then it is settled who takes part; null in draws of older versions. */
  closedAt: Date | null;
  drawnAt: Date | null;
}

/**
 * Decides whether a draw can be announced: once for each concert and queue, while no other draw of the queue gathers, and before
 * `opensAt`. After a draw that was cancelled while users gathered, only later users can be drawn: by announcing again, operators could
 * otherwise choose among sets of users.
 */
export function decideDraw(input: {
  concertId: number;
  concertExists: boolean;
  /** Whether the concert has a draw in its queue that was not cancelled. */
  isAnnounced: boolean;
  /** As `cancelledWhileGathering` returns it. */
  cancelled: Pick<AnnouncedDraw, 'cancelledAt'> | undefined;
  /** As `otherOpenDraws` returns them. */
  others: readonly AnnouncedDraw[];
  times: DrawTimes;
  acceptedAt: Date;
}): Decision<DrawTimes> {
  const { concertId, times, acceptedAt } = input;
  if (!input.concertExists) return { refusal: noSuchConcert(concertId) };
  if (input.isAnnounced) {
    return refuse(
      'DRAW_ALREADY_ANNOUNCED',
      `A draw for concert ${concertId} is already announced.`,
    );
  }
  const refusal =
    refuseOverlap({ concertId, ...times }, input.others) ??
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
  /** As `otherOpenDraws` returns them. */
  others: readonly AnnouncedDraw[];
  times: DrawTimes;
  acceptedAt: Date;
}): Decision<DrawTimes> {
  const { concertId, draw, times, acceptedAt } = input;
  const refusal =
    refuseChange(input) ??
    refuseOverlap({ concertId, ...times }, input.others) ??
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

/** The draws of a queue that are neither held nor cancelled, but for the given one. */
export function otherOpenDraws<Draw extends AnnouncedDraw>(
  draws: Iterable<Draw>,
  queueId: number | undefined,
  given?: AnnouncedDraw,
): Draw[] {
  const isOpen = ({ drawnAt, cancelledAt }: Draw) => !drawnAt && !cancelledAt;
  return [...draws].filter((draw) => draw.queueId === queueId && isOpen(draw) && draw !== given);
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
  if (!concertExists) return noSuchConcert(concertId);
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
