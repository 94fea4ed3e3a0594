/**
 * Has the orders of cancelled performances ended, each by a command in the lane of its user. A run enqueues one page: the next live
 * orders by id. Passes over all of them repeat until none is live, so that one remedy serves an order that was placed or paid at
 * the very moment of the cancellation, a command that failed, and one that was lost with Redis.
 *
 * A run changes no order itself, and holds no lock. The receipt of a command is named by its order and pass: a page that is enqueued
 * twice, after a crash or by two processes, takes effect once.
 */
import { endCancelledOrder } from '../../../src/commands/orders/end-cancelled-order.ts';
import type { Database } from '../../../src/db/connection/orm.ts';
import { receiptIdOfKey } from '../../../src/lanes/job-id.ts';
import { SYSTEM } from '../../../src/lanes/system-commands.ts';
import type { SystemLanes } from '../../outbox/open.ts';
import {
  advanceCancellation,
  type DueCancellation,
  findDueCancellation,
  type LiveOrder,
  PAGE_MAX,
  type Progress,
  postponeCancellation,
  readLiveOrders,
  recordFailures,
} from './cancelled-orders.ts';

/** While a lane of users has more pending commands than this, no page is enqueued: a sale goes first, and no order is enqueued again and again. */
export const PENDING_MAX = 1000;
/** The time to the second pass, and after a page that failed, in ms. It doubles with each pass. */
const PASS_MS = 30_000;
/** The longest time between passes, and the time before the last one. No transaction that missed the cancellation lasts as long. */
const CHECK_MS = 600_000;

export interface CancelledOrdersDeps {
  orm: Database;
  commands: Pick<SystemLanes['commands'], 'enqueue'>;
  checkCounts: SystemLanes['checkCounts'];
  /** The number of pending commands of the users' longest lane. */
  longestLane(): Promise<number>;
  /** Called if a page is due, but a lane is too long. */
  onHeldUp(scheduleId: number): void;
  /** Called with the orders that a pass could not end. */
  onFailed(scheduleId: number, orderIds: readonly number[]): void;
  /** Called once all orders of a performance have ended. */
  onFinished(scheduleId: number): void;
}

/**
 * Enqueues the page that has been due for longest.
 * @returns the number of orders in it; undefined if no page is due, or the lanes are too long
 * @throws what stopped the page; it is due again in 30 s, so that other cancellations do not wait for it
 */
export async function endCancelledOrders(deps: CancelledOrdersDeps): Promise<number | undefined> {
  const due = await findDueCancellation(deps.orm);
  if (!due) return undefined;
  if ((await deps.longestLane()) > PENDING_MAX) {
    deps.onHeldUp(due.scheduleId);
    return undefined;
  }
  try {
    await deps.checkCounts();
    return await endPage(deps, due);
  } catch (error) {
    // Without PostgreSQL this fails too, and the first error says more.
    await postponeCancellation(deps.orm, due, PASS_MS).catch(() => undefined);
    throw error;
  }
}

async function endPage(deps: CancelledOrdersDeps, due: DueCancellation): Promise<number> {
  const page = await readLiveOrders(deps.orm, due);
  await enqueuePage(deps, due, page);
  const progress = progressAfter(due, page);
  const isAdvanced = await advanceCancellation(deps.orm, due, progress);
  if (isAdvanced && progress.nextInMs === null) deps.onFinished(due.scheduleId);
  if (due.triedPass > 0 && page.length > 0) await noteFailures(deps, due, page);
  return page.length;
}

/** Of the last pass that was enqueued as a whole. Its commands have ended, or will find that a later one has ended the order. */
async function noteFailures(
  { orm, onFailed }: CancelledOrdersDeps,
  { scheduleId, triedPass: pass }: DueCancellation,
  page: readonly LiveOrder[],
): Promise<void> {
  const orderIds = page.map(({ id }) => id);
  const receiptIds = orderIds.map((id) => receiptIdOfKey(SYSTEM, receiptText(id, pass)));
  const failed = await recordFailures(orm, { scheduleId, pass, orderIds, receiptIds });
  if (failed.length > 0) onFailed(scheduleId, failed);
}

/** Adds the commands of a page to the lanes of its users. */
export async function enqueuePage(
  { commands }: Pick<CancelledOrdersDeps, 'commands'>,
  { scheduleId, pass }: DueCancellation,
  page: readonly LiveOrder[],
): Promise<void> {
  await Promise.all(
    page.map(({ id, subject, readAt }) =>
      commands.enqueue(
        endCancelledOrder,
        { orderId: id, scheduleId },
        { subject, receiptText: receiptText(id, pass), acceptedAt: readAt.getTime() },
      ),
    ),
  );
}

const receiptText = (orderId: number, pass: number) => `cancelled order ${orderId} ${pass}`;

/**
 * What comes after a page. The last pass finds no order, twice in a row. The first pass does not count: orders that were placed
 * at the moment of the cancellation may be committed after it, so the second one follows soon.
 */
export function progressAfter(
  { pass, cursorId, isChecking, triedPass }: DueCancellation,
  page: readonly Pick<LiveOrder, 'id'>[],
): Progress {
  const last = page.at(-1);
  if (last && page.length === PAGE_MAX) {
    return { pass, cursorId: last.id, isChecking: false, triedPass, nextInMs: 0 };
  }
  const foundNone = cursorId === 0 && page.length === 0 && pass > 1;
  if (foundNone && isChecking) return { pass, cursorId: 0, isChecking, triedPass, nextInMs: null };
  const nextInMs = foundNone ? CHECK_MS : Math.min(PASS_MS * 2 ** (pass - 1), CHECK_MS);
  return { pass: pass + 1, cursorId: 0, isChecking: foundNone, triedPass: pass, nextInMs };
}
