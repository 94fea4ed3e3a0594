/**
 * Repeats a whole batch because of areas, and of best seats that others took. One row of an area serves many commands of many users, and
 * it is locked most of the time in a rush. If such a batch were split into keys, as for a locked seat, each of its commands would wait
 * for that row alone. And each of those that ask for the best seats would wait for its turn and read the free seats alone.
 */
import type { Database } from '../../src/db/connection/orm.ts';
import { isLockTimeout } from '../../src/runtime/service-errors.ts';
import type { BatchMetrics } from '../ops/batch-metrics.ts';
import { type AreaLocks, isOfLockingAreas } from '../rows/orders/lock-areas.ts';
import { AreaNotLocked, RowsChanged, SeatsTaken } from '../rows/rows-changed.ts';
import type { AreaUse } from './area-use.ts';
import type { LaneBatch } from './batch.ts';

/** How often a batch waits for an area until the lock timeout. Afterwards it is split, so that other keys go on. */
const BUSY_TRIES_MAX = 3;
/** How often a batch is applied that lacks areas. While it waits for one area, other orders of that area run out. */
const LACKING_TRIES_MAX = 3;
/** How often a batch chooses best seats at most. Orders of other processes that name seats may take those that it has chosen. */
const CHOOSING_TRIES_MAX = 4;

/** What a batch needs to be repeated. */
export interface Repeating {
  orm: Database;
  remembered: { areaUse: AreaUse };
  /** Counts the repeated batches. */
  metrics: Pick<BatchMetrics, 'retried'>;
}

/**
 * @param laneBatches the batch; it is not repeated once one of its lanes is being released
 * @param apply applies the batch with these locks of areas
 * @throws what `apply` throws, for another reason or too often
 */
export async function repeatBatch<Result>(
  { orm, remembered: { areaUse }, metrics }: Repeating,
  laneBatches: readonly LaneBatch[],
  apply: (locks: AreaLocks) => Promise<Result>,
): Promise<Result> {
  await areaUse.learn(orm);
  const locks = { locksAreas: false, areaIds: [] as number[] };
  for (let busy = 1, lacking = 1, choosing = 1; ; ) {
    try {
      return await apply(locks);
    } catch (error) {
      if (error instanceof AreaNotLocked) areaUse.noteFound();
      if (laneBatches.some(({ lane }) => lane.signal.aborted)) throw error;
      if (isAreaBusy(error) && busy < BUSY_TRIES_MAX) busy += 1;
      else if (error instanceof SeatsTaken && choosing < CHOOSING_TRIES_MAX) choosing += 1;
      else if (mayLock(error, locks) && areaUse.isAnyKnown && lacking < LACKING_TRIES_MAX) {
        lacking += 1;
        locks.locksAreas = true;
        if (error instanceof AreaNotLocked) locks.areaIds.push(...error.areaIds);
      } else throw error;
      metrics.retried('locked');
    }
  }
}

/** Whether another transaction kept an area locked beyond the lock timeout. */
function isAreaBusy(error: unknown): boolean {
  return isOfLockingAreas(error) && isLockTimeout(error);
}

/** Whether the batch may lack an area which it locks when it is repeated. */
function mayLock(error: unknown, { locksAreas }: AreaLocks): boolean {
  return error instanceof AreaNotLocked || (error instanceof RowsChanged && !locksAreas);
}
