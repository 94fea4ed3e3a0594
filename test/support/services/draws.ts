/** Draws in tests: lets their time come, and holds them. */
import { assignNumbers } from '../../../workers/timers/queue/draws/assign-numbers.ts';
import { closeDraw } from '../../../workers/timers/queue/draws/close-draw.ts';
import { type DueDraw, findDueDraws } from '../../../workers/timers/queue/draws/due-draws.ts';
import { finishDraw } from '../../../workers/timers/queue/draws/finish-draw.ts';
import { rankDraw } from '../../../workers/timers/queue/draws/rank-draw.ts';
import { runDraws } from '../../../workers/timers/queue/draws/run-draws.ts';
import { inHours } from '../http/client.ts';
import type { TestLane } from './test-lane.ts';

/** Nothing is pending in the lane of any queue. */
export const nothingPending = async () => undefined;

/** Announces a draw in whose gathering users are until `comeDue` lets its time come. @returns its id */
export async function gathering(lane: TestLane, concertId: number): Promise<number> {
  const input = { concertId, gathersAt: inHours(-1), opensAt: inHours(1) };
  const announced = await lane.result<{ drawId: number }>(
    lane.command('announce-draw', { subject: 'operator', input }),
  );
  return announced.drawId;
}

/**
 * Lets the time of all open draws of a queue come. Entries of the last minute count as accepted a minute ago, so that they take part;
 * older ones stay as they are.
 */
export async function comeDue(lane: TestLane, queueId = 1): Promise<void> {
  await lane.rows(`update queue_entry set accepted_at = now() - interval '1 minute'
    where queue_id = ${queueId} and accepted_at > now() - interval '1 minute'`);
  await lane.rows(`update draw set opens_at = now() - interval '2 seconds'
    where queue_id = ${queueId} and closed_at is null and cancelled_at is null and drawn_at is null`);
}

/** Holds all draws that are due. @returns those that were held */
export async function holdDraws(
  { orm, deps }: Pick<TestLane, 'orm' | 'deps'>,
  log = deps.log,
): Promise<DueDraw[]> {
  const held: DueDraw[] = [];
  const onDrawn = async (draw: DueDraw) => void held.push(draw);
  await runDraws({ orm, oldestPending: nothingPending, onDrawn, log });
  return held;
}

/** Does the next step of the first draw that is due. @returns the step, and whether it was done; undefined if no draw is due */
export async function doNextStep(
  { orm }: Pick<TestLane, 'orm'>,
  portion?: number,
): Promise<[step: DueDraw['step'], isDone: boolean] | undefined> {
  const [draw] = await findDueDraws(orm);
  if (!draw) return undefined;
  const steps = {
    close: () => closeDraw(orm, draw, nothingPending),
    rank: () => rankDraw(orm, draw),
    assign: () => assignNumbers(orm, draw, portion),
    finish: () => finishDraw(orm, draw),
  };
  return [draw.step, await steps[draw.step]()];
}
