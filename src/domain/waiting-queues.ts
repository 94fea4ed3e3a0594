/** The rules for waiting queues: creating one, and the ceiling of active users over all of them. */
import { refuseOverlap, type TimedDraw } from './draw-times.ts';
import { noSuchConcert } from './not-found.ts';
import { type Decision, type Refusal, refuse } from './reasons.ts';

/** Active users at most, of each queue; null where the configured value applies. */
export type Ceilings = Iterable<{ maxActive: number | null }>;

export interface CeilingSettings {
  /** What applies to a queue without a value of its own. */
  maxActive: number;
  /** Active users at most over all queues; 0 for no limit. */
  maxActiveTotal: number;
}

/**
 * Checks the sum of the ceilings of all queues.
 * @param queues all queues as they would be after the change
 * @returns the refusal, or undefined if the sum is not above `maxActiveTotal`
 */
export function refuseCeilings(
  queues: Ceilings,
  { maxActive, maxActiveTotal }: CeilingSettings,
): Refusal | undefined {
  if (maxActiveTotal === 0) return undefined;
  let total = 0;
  for (const queue of queues) total += queue.maxActive ?? maxActive;
  if (total <= maxActiveTotal) return undefined;
  const detail = `All queues together could have ${total} active users; at most ${maxActiveTotal} are allowed.`;
  return refuse('ADMISSION_CEILING_EXCEEDED', detail).refusal;
}

/**
 * Decides whether a queue can be created for these concerts: they exist, the house queue serves each of them, and the draws that they
 * bring do not overlap. Draws that an older version announced may.
 */
export function decideNewQueue(input: {
  concerts: readonly { id: number; queueId: number | undefined }[];
  houseQueueId: number;
  /** All queues, the new one included. */
  queues: Ceilings;
  /** The draws that move to the new queue. */
  draws: readonly TimedDraw[];
  settings: CeilingSettings;
}): Decision<object> {
  for (const { id: concertId, queueId } of input.concerts) {
    if (queueId === undefined) return { refusal: noSuchConcert(concertId) };
  }
  for (const { id: concertId, queueId } of input.concerts) {
    if (queueId !== input.houseQueueId) {
      const detail = `Concert ${concertId} already has a queue of its own.`;
      return refuse('CONCERT_HAS_QUEUE', detail, { concertId });
    }
  }
  const ceilings = refuseCeilings(input.queues, input.settings);
  if (ceilings) return { refusal: ceilings };
  for (const [index, draw] of input.draws.entries()) {
    const refusal = refuseOverlap(draw, input.draws.slice(0, index));
    if (refusal) return { refusal };
  }
  return { change: {} };
}
