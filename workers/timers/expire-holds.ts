/** Ends the orders whose hold and grace period have expired, and releases their seats and places of areas. */
import { sql } from 'kysely';
import type { Logger } from 'pino';
import type { EpochMs } from '../../src/commands/epoch-ms.ts';
import type { Database } from '../../src/db/connection/orm.ts';
import { pipelined, rowsOf } from '../../src/db/connection/pipeline.ts';
import { db, type Given, rareStatement } from '../../src/db/statement.ts';
import type { LaneKind } from '../../src/lanes/lanes.ts';
import { isLockTimeout } from '../../src/runtime/service-errors.ts';
import { faultKind } from '../batch/faults.ts';
import {
  BEGINNING,
  type Cursor,
  type DuePage,
  endDue,
  endDueOrder,
  listDue,
  ORDERS_AT_ONCE_MAX,
  type Page,
} from './end-due-orders.ts';

/** The next run ends the rest, so that this one does not delay other timers. */
const RUN_MS_MAX = 500;
/** How long a busy area is waited for. Nothing else is locked meanwhile. */
const AREA_LOCK_TIMEOUT_MS = 200;

/** A fault of all orders must not fill the log: a run names so many of them, and the timer counts as failed. */
const LOGGED_MAX = 10;

const setLockTimeout = rareStatement(
  ({ ms }: Given<{ ms: string }>) => sql<object>`select set_config('lock_timeout', ${ms}, true)`,
);
const lockArea = rareStatement(({ areaId }: Given<{ areaId: number }>) =>
  db.selectFrom('area').select('id').where('id', '=', areaId).forUpdate(),
);

/** Only commands in these lanes pay for what is held. */
export const PAYING_LANES: readonly LaneKind[] = ['user'];

/** Where the last run stopped when its time was over. */
interface Unfinished {
  after: Cursor;
  /** Whether the next run continues there, so that orders behind those of a locked area are reached. */
  isNext: boolean;
}
const unfinished = new WeakMap<Database, Unfinished>();

export interface ExpireSettings {
  /** Holds that end later are kept, because a command accepted before their end may be pending; in ms since 1970. */
  lastEnd?: EpochMs;
  /** The grace period, in ms; default 0. */
  graceMs?: number;
  /** After how many ms no further page is read. */
  runMsMax?: number;
  log?: Pick<Logger, 'error'>;
}

/** What a run has done so far. */
interface Run {
  /** On the clock of `performance`, in ms: no further page is read after it. */
  until: number;
  released: number;
  /** Areas that stayed locked; they are not waited for again in this run. */
  stuckAreas: Set<number>;
  failures: unknown[];
  log: ExpireSettings['log'];
}

/**
 * Ends the orders that are due, the longest expired first. If the time of a run is over, the next run continues where
 * it stopped, and the one after that begins with the longest expired again, because locked ones were skipped.
 * @returns how many bookings were ended
 * @throws the first failure of an order, after the others were ended
 */
export async function expireHolds(
  orm: Database,
  {
    lastEnd = Number.POSITIVE_INFINITY,
    graceMs = 0,
    runMsMax = RUN_MS_MAX,
    log,
  }: ExpireSettings = {},
): Promise<number> {
  const until = performance.now() + runMsMax;
  const run: Run = { until, released: 0, stuckAreas: new Set(), failures: [], log };
  const former = unfinished.get(orm);
  let after = former?.isNext ? former.after : BEGINNING;
  const limit = {
    lastEnd: Number.isFinite(lastEnd) ? new Date(lastEnd).toISOString() : 'infinity',
    graceMs,
  };
  for (;;) {
    const { due, endedAt, id, isInGrace } = await endPage(orm, { ...after, ...limit }, run);
    if (due < ORDERS_AT_ONCE_MAX || endedAt === null || id === null || isInGrace) {
      unfinished.delete(orm);
      break;
    }
    after = { endedAt, id };
    if (performance.now() >= until) {
      const next = former && !former.isNext ? former.after : after;
      unfinished.set(orm, { after: next, isNext: !former?.isNext });
      break;
    }
  }
  if (run.failures.length > 0) throw run.failures[0];
  return run.released;
}

/** Ends a page of orders; if it fails for the rows of one, the others are ended one by one. */
async function endPage(orm: Database, from: DuePage, run: Run): Promise<Page> {
  try {
    const [page] = (await rowsOf(orm, endDue(from))) as [Page];
    run.released += page.released;
    run.released += await endWithBusyArea(orm, from, { page, stuckAreas: run.stuckAreas });
    return page;
  } catch (error) {
    if (faultKind(error) !== 'faulty') throw error;
    return endOneByOne(orm, from, run);
  }
}

/**
 * Ends the orders of a page by themselves, until the time of the run is over. A busy area is not waited for: its orders end once a run finds it
 * free.
 * @returns the page up to the last order that was tried
 */
async function endOneByOne(orm: Database, from: DuePage, run: Run): Promise<Page> {
  const listed = await rowsOf(orm, listDue(from));
  let due = listed.length;
  let isInGrace = false;
  let last: Cursor | undefined;
  for (const order of listed) {
    if (last && performance.now() >= run.until) {
      // As after a full page, the next run continues behind the last one.
      due = ORDERS_AT_ONCE_MAX;
      break;
    }
    last = order;
    const { id: orderId } = order;
    const ending = rowsOf(
      orm,
      endDueOrder({ orderId, lastEnd: from.lastEnd, graceMs: from.graceMs }),
    );
    const [page] = await ending.catch((error) => {
      if (faultKind(error) !== 'faulty') throw error;
      run.failures.push(error);
      if (run.failures.length > LOGGED_MAX) return [];
      run.log?.error(
        { err: error, orderId },
        'An order whose hold has expired could not be ended; it keeps its places, and the next run retries.',
      );
      return [];
    });
    run.released += page?.released ?? 0;
    isInGrace = page?.isInGrace ?? false;
  }
  const { endedAt = null, id = null } = last ?? {};
  return { released: 0, due, endedAt, id, isInGrace, busyAreas: [] };
}

/**
 * An area that batches lock one after the other would be skipped in every run. So one of the busy areas of a page is waited
 * for, and then the page is ended again.
 * @param stuckAreas those that stayed locked; they are not waited for again in this run
 * @returns how many bookings were ended
 */
async function endWithBusyArea(
  orm: Database,
  after: DuePage,
  { page, stuckAreas }: { page: Page; stuckAreas: Set<number> },
): Promise<number> {
  const busy = page.busyAreas.filter((id) => !stuckAreas.has(id));
  const areaId = busy[Math.floor(Math.random() * busy.length)];
  if (areaId === undefined) return 0;
  const ending = pipelined(orm, async (send) => {
    void send(setLockTimeout({ ms: String(AREA_LOCK_TIMEOUT_MS) }));
    void send(lockArea({ areaId }));
    return send(endDue(after));
  });
  const rows = await ending.catch((error) => {
    if (!isLockTimeout(error)) throw error;
    stuckAreas.add(areaId);
    return [];
  });
  return rows[0]?.released ?? 0;
}
