/**
 * Loads and locks the rows of a batch with one statement per table. Every transaction locks rows in the same order
 * (areas, seats, orders, checkouts, points, queue entries, numberings of queues, each by id), so lanes that need the same rows wait
 * and never deadlock.
 *
 * The statements are built once, because `em.find` takes four times as long for the 256 rows of a full batch
 * (docs/decisions/0005).
 */
import type { Send } from '../../src/db/connection/pipeline.ts';
import { findAdjacentSeats } from './best-seats/find-adjacent-seats.ts';
import type { ScheduleRanges } from './best-seats/schedule-ranges.ts';
import { findFailedRefunds } from './money/find-failed-refunds.ts';
import { loadCalls } from './money/load-calls.ts';
import { loadBegunCheckouts, loadCheckouts } from './money/load-checkouts.ts';
import type { Needing } from './needing.ts';
import { loadOperatorRows } from './operators/load-operator-rows.ts';
import { loadOrders } from './orders/load-orders.ts';
import { loadSchedules } from './orders/load-schedules.ts';
import type { AreaLocks } from './orders/lock-areas.ts';
import { expectPointsOfOwners, loadPoints } from './points/load-points.ts';
import { loadQueueEntries } from './queue/load-queue-entries.ts';
import { loadNumberings } from './queue/load-queues.ts';
import { Rows } from './rows.ts';

interface LoadSettings {
  /** How long a new hold lasts, in ms. */
  holdMs: number;
  areaLocks: AreaLocks;
  /** The ids of the users that commands name, by subject. */
  userIds: ReadonlyMap<string, number>;
  /** The ranges that the process remembers. */
  scheduleRanges: ScheduleRanges;
}

/** Loads and locks the rows that the commands of a batch need. Each loader sends nothing if no command needs its rows. */
export async function loadRows(
  send: Send,
  batch: readonly Needing[],
  { holdMs, areaLocks, userIds, scheduleRanges }: LoadSettings,
): Promise<Rows> {
  const rows = new Rows();
  rows.subjects = userIds;
  // Read without locks: they say which rows to lock.
  rows.adjacentSeats = await findAdjacentSeats(send, batch, scheduleRanges);
  rows.money.failedRefunds = await findFailedRefunds(send, batch);

  // Each loader sends its statements before it awaits a result, so PostgreSQL takes the locks in this order.
  await Promise.all([
    loadOrders(send, rows, batch, areaLocks),
    loadCheckouts(send, rows, batch),
    loadPoints(send, rows, batch),
    loadBegunCheckouts(send, rows, batch),
    loadQueueEntries(send, rows, batch, holdMs),
    loadNumberings(send, rows, batch),
    loadOperatorRows(send, rows, batch),
    loadCalls(send, rows, batch),
  ]);
  expectPointsOfOwners(rows, batch);
  await loadSchedules(send, rows, batch);
  return rows;
}
