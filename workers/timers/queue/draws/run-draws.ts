/**
 * Holds draws that are due. A draw has four steps: close, rank, assign, finish. Each is one or more transactions, and the row of the draw
 * says how far it is, so that any worker continues it after a crash. Until the end no user of its queue is admitted, because it is
 * gathering; other queues go on.
 */
import type { Logger } from 'pino';
import type { Database } from '../../../../src/db/connection/orm.ts';
import { faultKind } from '../../../batch/faults.ts';
import { assignNumbers } from './assign-numbers.ts';
import { closeDraw, type OldestPending } from './close-draw.ts';
import { type DueDraw, findDueDraws } from './due-draws.ts';
import { finishDraw } from './finish-draw.ts';
import { rankDraw } from './rank-draw.ts';

export interface DrawDeps {
  orm: Database;
  oldestPending: OldestPending;
  /** Called after a draw was held. */
  onDrawn(draw: DueDraw): Promise<void>;
  log: Logger;
}

/**
 * How many steps and portions a run does at most: usually about a second's worth, so that runs of a long draw do not occupy the timers.
 * The next run goes on. A single step can take longer: the ranking of a very long queue.
 */
export const AT_ONCE_MAX = 20;

/**
 * Does steps of the draws that are due, of each in turn. A draw that cannot go on, or in which another process does a step, is
 * left to the next run. So is one whose step fails, and the others go on.
 * @throws at once if PostgreSQL is away, else the first failure of a step, after the steps of all other draws
 */
export async function runDraws(deps: DrawDeps): Promise<void> {
  const stuck = new Set<number>();
  const failures: unknown[] = [];
  for (let left = AT_ONCE_MAX; left > 0; ) {
    const due = (await findDueDraws(deps.orm)).filter(({ id }) => !stuck.has(id));
    if (due.length === 0) break;
    for (const draw of due) {
      left -= 1;
      const isDone = await doStep(deps, draw).catch((failure) => {
        if (faultKind(failure) === 'away') throw failure;
        failures.push(failure);
        const { id: drawId, queueId, step } = draw;
        deps.log.error(
          { err: failure, drawId, queueId, step },
          'A step of a draw failed; the next run retries it.',
        );
      });
      if (!isDone) stuck.add(draw.id);
    }
  }
  if (failures.length > 0) throw failures[0];
}

/** Does the next step of a draw. @returns whether the step was done */
export async function doStep(
  { orm, oldestPending, onDrawn }: Omit<DrawDeps, 'log'>,
  draw: DueDraw,
): Promise<boolean> {
  switch (draw.step) {
    case 'close':
      return closeDraw(orm, draw, oldestPending);
    case 'rank':
      return rankDraw(orm, draw);
    case 'assign':
      return assignNumbers(orm, draw);
    case 'finish': {
      const isDone = await finishDraw(orm, draw);
      if (isDone) await onDrawn(draw);
      return isDone;
    }
  }
}
