/**
 * Repeats a whole batch because of areas. One row of an area serves many commands of many users, and it is locked most of the
 * time in a rush. If such a batch were split into keys, as for a locked seat, each of its commands would wait for that row alone.
 */
import { sql } from 'kysely';
import type { Database } from '../../src/db/connection/orm.ts';
import { rowsOf } from '../../src/db/connection/pipeline.ts';
import { rareStatement } from '../../src/db/statement.ts';
import type { Needs } from '../handlers/handler.ts';
import { isAreaBusy } from '../rows/orders/lock-areas.ts';
import { AreaNotLocked, RowsChanged } from '../rows/rows.ts';

/** How often a batch waits for an area until the lock timeout. Afterwards it is split, so that other keys go on. */
const BUSY_TRIES_MAX = 3;

/**
 * Whether this process knows of an area. Until then its batches do not look for areas of the orders that they pay or cancel,
 * so that installations without areas do not pay for it.
 */
export interface AreaUse {
  /** undefined before the first batch, which looks whether there are areas. */
  isKnown: boolean | undefined;
}

const anyArea = rareStatement(() => sql<{ exists: boolean }>`select exists (select from area)`);

/** Whether an area may belong to an order that the commands of a batch name. */
export function mayChangeAreas(areaUse: AreaUse, batch: readonly { needs: Needs }[]): boolean {
  if (batch.some(({ needs }) => needs.areas)) areaUse.isKnown = true;
  return areaUse.isKnown === true && batch.some(({ needs }) => needs.orderIds ?? needs.bookingIds);
}

/**
 * @param apply applies the batch; with `locksAreas` it also locks the areas of orders that it may end
 * @throws what `apply` throws, for another reason or again
 */
export async function repeatForAreas<Result>(
  { orm, areaUse }: { orm: Database; areaUse: AreaUse },
  apply: (locksAreas: boolean) => Promise<Result>,
): Promise<Result> {
  areaUse.isKnown ??= (await rowsOf(orm, anyArea({})))[0]?.exists;
  let locksAreas = false;
  for (let busy = 1; ; ) {
    try {
      return await apply(locksAreas);
    } catch (error) {
      if (error instanceof AreaNotLocked) areaUse.isKnown = true;
      if (error instanceof RowsChanged && areaUse.isKnown && !locksAreas) locksAreas = true;
      else if (isAreaBusy(error) && busy < BUSY_TRIES_MAX) busy += 1;
      else throw error;
    }
  }
}
